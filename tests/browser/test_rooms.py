"""Groups on their pages: three people who talk, and what may come between."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from livrya.accounts.models import User
from livrya.accounts.services.people import sign_up
from social.models import Group, Membership
from social.services.entering import join_group
from social.services.groups import create_group
from social.services.messages import send_message
from tests.browser.conftest import Site, act
from tests.livrya.site.pages.conftest import PASSWORD, Library


@dataclass
class Club:
    """A group of Ines's, with Tom and Pilar as members."""

    ines: User
    tom: User
    pilar: User
    group: Group

    @property
    def path(self) -> str:
        return self.group.address

    def say(self, sender: User, *texts: str) -> None:
        for text in texts:
            act(send_message, actor=sender, group_id=self.group.pk, text=text)


def make_club(library: Library, **description: Any) -> Club:
    pilar = User.objects.filter(username="pilar").first() or sign_up(
        username="pilar", password=PASSWORD, display_name="Pilar Otero"
    )
    group = create_group(actor=library.author, **({"name": "Oil and wick"} | description))
    for person in (library.reader, pilar):
        join_group(actor=person, group_id=group.pk, password=description.get("password"))
    return Club(library.author, library.reader, pilar, group)


@pytest.fixture
def club(library: Library) -> Club:
    return act(make_club, library=library)


def here(page: Page, count: int) -> None:
    expect(page.locator(".presence__count")).to_have_text(f"{count} here now", timeout=20_000)


def say(page: Page, text: str) -> None:
    field = page.get_by_label("Your message")
    field.fill(text)
    field.press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.locator(".message", has_text=text)


def use(row: Locator, tool: str) -> None:
    row.hover()
    row.get_by_role("button", name=tool, exact=True).click()


def test_three_people_talk_type_reply_react_edit_and_take_back(site: Site, library: Library) -> None:
    club = act(make_club, library=library)
    guest = act(sign_up, username="ben", password=PASSWORD, display_name="Ben Okafor")
    ines, tom = site.open(club.path, club.ines), site.open(club.path, club.tom)
    ben = site.open("/rooms/", guest)
    ben.get_by_role("link", name="Oil and wick").click()
    ben.get_by_role("button", name="Join").click()
    for page in (ines, tom, ben):
        here(page, 3)
    expect(ines.locator(".member", has_text="Ben Okafor")).to_be_visible()

    ben.get_by_label("Your message").press_sequentially("I won", delay=20)
    expect(tom.locator(".room__typing")).to_have_text("Ben Okafor is writing…")
    say(ben, "I wonder who lit it.")
    expect(tom.locator(".room__typing")).to_have_text("")
    use(message(tom, "I wonder who lit it."), "Reply")
    say(tom, "Ask @ines!")
    reply = message(ines, "Ask @ines!")
    expect(reply.locator(".message__reply")).to_contain_text("Ben Okafor")
    expect(reply.locator(".name--mine")).to_have_text("@ines")
    use(reply, "React")
    reply.get_by_role("button", name="laugh", exact=True).click()
    expect(message(ben, "Ask @ines!").get_by_role("button", name="laugh: 1")).to_be_visible()
    use(message(tom, "Ask @ines!"), "Edit")
    say(tom, "Never mind.")
    expect(message(ben, "Never mind.")).to_contain_text("edited")
    use(message(tom, "Never mind."), "Delete")
    tom.reload()
    expect(message(ben, "This message was taken back.")).to_be_visible()
    expect(message(ines, "I wonder who lit it.")).to_have_count(1)


def test_what_is_new_is_counted_lined_and_read_on_every_device(site: Site, club: Club) -> None:
    club.say(club.tom, "I was here.")
    club.say(club.ines, *(f"News {number}. " + "Line. " * 60 for number in range(12)))
    device = site.open("/rooms/", club.tom)
    row = device.locator(f'[data-own] [data-room="{club.group.pk}"]')
    expect(row.locator("[data-unread]")).to_contain_text("12")
    tom = site.open(club.path, club.tom)
    here(tom, 1)
    expect(tom.locator(".new-line + .message")).to_contain_text("News 0.")
    expect(tom.locator(".new-line")).to_be_in_viewport()
    expect(message(tom, "News 11.")).not_to_be_in_viewport()
    tom.get_by_role("button", name="The newest").click()
    expect(message(tom, "News 11.")).to_be_in_viewport()
    expect(row.locator("[data-unread]")).to_be_hidden()
    tom.get_by_role("button", name="What was new").click()
    expect(tom.locator(".new-line")).to_be_in_viewport()
    use(message(tom, "News 3."), "Unread from here")
    expect(row.locator("[data-unread]")).to_contain_text("9")
    expect(tom.locator(".new-line + .message")).to_contain_text("News 3.")


def test_nothing_moves_for_who_reads_what_was_said(site: Site, club: Club) -> None:
    club.say(club.ines, *(f"Old {number}. " + "Line. " * 20 for number in range(120)))
    tom = site.open(club.path, club.tom)
    here(tom, 1)
    expect(message(tom, "Old 119.")).to_be_in_viewport()
    tom.locator(".room__log").evaluate("(log) => { log.scrollTop = 600; }")
    where = "(row) => Math.round(row.getBoundingClientRect().top)"
    row = tom.locator("#message-75")
    top = row.evaluate(where)
    tom.evaluate(
        """() => { window.shifts = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts += entry.value;
        }).observe({ type: "layout-shift", buffered: false }); }"""
    )
    club.say(club.ines, "Said below.", "And again.")
    expect(tom.get_by_role("button", name="2 new")).to_be_visible()
    assert row.evaluate(where) == top
    assert tom.evaluate("window.shifts") == 0
    tom.locator(".room__log").evaluate("(log) => { log.scrollTop = 300; }")
    top = row.evaluate(where)
    expect(tom.locator("#message-40")).to_be_attached()
    assert abs(row.evaluate(where) - top) <= 1, "older messages come in above without moving what is read"


def test_who_is_taken_out_is_told_and_who_is_banned_stays_out(site: Site, club: Club) -> None:
    ines, pilar = site.open(club.path, club.ines), site.open(club.path, club.pilar)
    here(ines, 2)
    ines.on("dialog", lambda dialog: dialog.accept())

    def press(name: str) -> None:
        member = ines.locator(".member", has_text="Pilar Otero")
        member.get_by_label("About Pilar Otero").click()
        member.get_by_role("button", name=name).click()

    press("Take out")
    expect(pilar.get_by_role("alert")).to_contain_text("taken you out")
    expect(pilar.get_by_label("Your message")).to_have_count(0)
    expect(ines.locator(".member", has_text="Pilar Otero")).to_have_count(0)
    site.go(pilar, club.path).get_by_role("button", name="Join").click()
    here(ines, 2)
    press("Ban")
    expect(pilar.get_by_role("alert")).to_contain_text("closed this room to you")
    site.go(pilar, club.path)
    expect(pilar.get_by_role("alert")).to_contain_text("have closed it to you")
    expect(pilar.get_by_role("button", name="Join")).to_have_count(0)


def test_a_full_room_and_a_wrong_password_are_said_at_the_door(site: Site, library: Library, settings: Any) -> None:
    site.expected = ["403 (Forbidden)"]
    # The server knows Django's own hashers only.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    club = act(make_club, library=library, name="Small and secret", password="wick", max_users=4)
    ben, eve = (act(sign_up, username=name, password=PASSWORD) for name in ("ben", "eve"))
    page = site.open(club.path, ben)
    page.get_by_label("Password").fill("oil")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_contain_text("not the password")
    page.get_by_label("Password").fill("wick")
    page.get_by_role("button", name="Join").click()
    here(page, 1)
    late = site.open(club.path, eve)
    expect(late.get_by_role("alert")).to_contain_text("full: 4 of 4")
    expect(late.get_by_role("button", name="Join")).to_have_count(0)


def test_a_room_that_ends_with_its_creator_says_so(site: Site, library: Library) -> None:
    club = act(make_club, library=library, name="Tonight", persistent=False, auto_delete=True)
    tom = site.open(club.path, club.tom)
    ines = site.open(club.path, club.ines)
    here(tom, 2)
    site.go(ines, f"{club.path}settings/")
    ines.on("dialog", lambda dialog: dialog.accept())
    ines.get_by_role("button", name="Leave the room").click()
    expect(tom.get_by_role("alert")).to_be_visible()
    expect(tom.get_by_label("Your message")).to_have_count(0)


def test_said_while_offline_arrives_once_and_what_was_missed_comes(site: Site, club: Club) -> None:
    site.expected = ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    context = site.context(club.tom)
    tom = site.go(context.new_page(), club.path)
    ines = site.open(club.path, club.ines)
    here(tom, 2)
    context.set_offline(True)
    say(tom, "Said in a tunnel.")
    expect(tom.locator("[data-unsent]", has_text="Said in a tunnel.")).to_be_visible()
    expect(tom.locator("lv-connection")).to_contain_text("Offline")
    club.say(club.ines, "Where are you?")
    tom.get_by_label("Your message").fill("Half a thou")
    context.set_offline(False)
    expect(message(tom, "Where are you?")).to_be_visible(timeout=30_000)
    expect(message(ines, "Said in a tunnel.")).to_have_count(1)
    expect(tom.locator("[data-unsent]")).to_have_count(0)
    tom.reload()
    expect(tom.get_by_label("Your message")).to_have_value("Half a thou")


def test_without_scripts_a_room_reads_and_takes_words(site: Site, club: Club) -> None:
    club.say(club.ines, "On paper.")
    page = site.open(club.path, club.tom, java_script_enabled=False)
    expect(message(page, "On paper.")).to_be_visible()
    page.get_by_label("Your message").fill("By post.")
    page.get_by_role("button", name="Send").click()
    expect(message(page, "By post.")).to_be_visible()
    page.get_by_role("link", name="Settings of the room").click()
    page.get_by_role("button", name="Leave the room").click()
    expect(page.get_by_role("heading", name="Rooms")).to_be_visible()
    assert not act(lambda: Membership.objects.filter(group=club.group, user=club.tom).exists())


def test_without_scripts_an_owner_appoints_and_takes_out(site: Site, club: Club) -> None:
    page = site.open(f"{club.path}settings/", club.ines, java_script_enabled=False)
    page.get_by_label(f"About {club.pilar}").click()
    page.get_by_role("button", name="Make moderator").click()
    expect(page.locator("li", has_text=str(club.pilar))).to_contain_text("Moderator")
    page.get_by_label(f"About {club.tom}").click()
    page.get_by_role("button", name="Take out").click()
    expect(page.get_by_label(f"About {club.tom}")).to_have_count(0)
    assert not act(lambda: Membership.objects.filter(group=club.group, user=club.tom).exists())


def test_a_room_is_made_talked_in_and_searched_by_keyboard_alone(site: Site, library: Library) -> None:
    page = site.open("/rooms/", library.reader)
    page.wait_for_function("() => customElements.get('lv-shortcuts') !== undefined")
    page.keyboard.press("n")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.type("Night watch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/rooms/night-watch-*/")
    here(page, 1)
    page.keyboard.press("w")
    page.keyboard.type("First.")
    page.keyboard.press("Enter")
    expect(message(page, "First.")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".room__log").focus()
    page.keyboard.press("j")
    expect(page.locator("#message-1")).to_be_focused()
    page.keyboard.press("r")
    page.keyboard.type("Second.")
    page.keyboard.press("Enter")
    expect(message(page, "Second.").locator(".message__reply")).to_be_visible()
    page.locator(".room__log").focus()
    page.keyboard.press("f")
    page.get_by_label("Words").press_sequentially("first")
    page.keyboard.press("Enter")
    found = page.get_by_role("dialog").locator(".notice")
    expect(found).to_have_count(1)


def test_the_settings_open_over_the_room_and_lead_back_to_it(site: Site, club: Club) -> None:
    ines = site.open(club.path, club.ines)
    here(ines, 1)
    dialog = ines.get_by_role("dialog", name="Settings of the room")
    link = ines.get_by_role("link", name="Settings of the room").first
    link.click()
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("Oil and wick")
    ines.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    ines.keyboard.press("s")
    dialog.get_by_label("Name", exact=True).fill("Day watch")
    dialog.get_by_role("region", name="About the room").get_by_role("button", name="Save").click()
    expect(ines.locator(".toast")).to_contain_text("Saved.")
    expect(ines.get_by_role("heading", name="Day watch")).to_be_visible()
    ines.keyboard.press("s")
    dialog.get_by_label("Username").fill("tom")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(ines.locator(".toast")).to_be_visible()
    expect(ines).to_have_url(re.compile(f"{club.path}$"))


def test_the_focus_stays_on_a_message_while_it_is_sent(site: Site, club: Club) -> None:
    site.expected = ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    tom = site.open(club.path, club.tom)
    here(tom, 1)
    tom.context.set_offline(True)
    expect(tom.locator("lv-connection")).to_contain_text("Offline")
    say(tom, "Said in a tunnel.")
    tom.keyboard.press("Escape")
    tom.locator(".room__log").focus()
    tom.keyboard.press("j")
    expect(tom.locator("[data-unsent]")).to_be_focused()
    tom.context.set_offline(False)
    expect(tom.locator("#message-1")).to_be_focused(timeout=20_000)
    tom.keyboard.press("r")
    expect(tom.locator(".room__about")).to_contain_text("Said in a tunnel.")


def test_listeners_hear_one_sentence_and_the_log_is_quiet(site: Site, club: Club) -> None:
    tom = site.open(club.path, club.tom)
    here(tom, 1)
    log = tom.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "off")
    club.say(club.ines, "One.", "Two.", "Three.")
    expect(tom.locator('lv-room [role="status"]')).to_have_text("3 new messages from Ines Marrow")
