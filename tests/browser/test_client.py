"""The browser's client in the wild: blocked sockets, tunnels, other tabs, and what a person had not saved."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from books.services.comments import post_comment
from books.services.releases import publish_chapter
from books.services.subscriptions import subscribe
from tests.browser.conftest import Site, act
from tests.browser.test_live import someone_is_here
from tests.livrya.site.pages.conftest import Library

PATH = "/books/the-lamp-room/1/"

# Networks that let no WebSocket through: one says so, the other swallows it.
NO_WEBSOCKET = {
    "refused": """
window.WebSocket = class {
  constructor() { setTimeout(() => this.onerror?.(new Event("error"))); }
  close() {}
};
""",
    "swallowed": "window.WebSocket = class { close() {} };",
}

WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
}).observe({ type: "layout-shift" });
"""


def say(page: Page, words: str) -> None:
    page.get_by_label("Your comment").fill(words)
    page.get_by_role("button", name="Comment", exact=True).click()


@pytest.mark.parametrize("how", NO_WEBSOCKET)
def test_where_websockets_are_blocked_the_pages_are_alive_by_polling(site: Site, library: Library, how: str) -> None:
    act(subscribe, actor=library.reader, book_id=library.book.pk)
    context = site.context(library.reader)
    context.add_init_script(NO_WEBSOCKET[how])
    tom = site.go(context.new_page(), PATH)
    # Silence is believed after 5 s only.
    expect(tom.locator("lv-presence .presence__count").first).to_have_text("1 reading now", timeout=20_000)
    ines = site.open(PATH, library.author)
    someone_is_here(tom, 2)
    say(ines, "Over the wire.")
    expect(tom.locator(".comment", has_text="Over the wire.")).to_be_visible()
    say(tom, "By polling.")
    expect(ines.locator(".comment", has_text="By polling.")).to_be_visible()
    act(publish_chapter, actor=library.author, chapter_id=library.chapters[2].pk)
    expect(tom.locator("lv-bell .bell__count")).to_have_text("1")


def test_what_is_said_in_a_tunnel_waits_with_a_clock_and_arrives_once(site: Site, library: Library) -> None:
    site.expected = ["ERR_INTERNET_DISCONNECTED"]
    tom, ines = site.open(PATH, library.reader), site.open(PATH, library.author)
    someone_is_here(tom, 2)
    tom.context.set_offline(True)
    say(tom, "Said in a tunnel.")
    expect(tom.locator("[data-unsent]")).to_contain_text("Not sent yet")
    expect(tom.locator(".connection__pill")).to_contain_text("Offline")
    tom.context.set_offline(False)
    expect(tom.locator(".connection__pill")).to_contain_text("Back online")
    expect(tom.locator("[data-unsent]")).to_have_count(0)
    for page in (tom, ines):
        expect(page.locator(".comment", has_text="Said in a tunnel.")).to_have_count(1)


def test_signing_out_in_one_tab_signs_out_the_other(site: Site, library: Library) -> None:
    site.expected = ["closed before the connection is established"]
    context = site.context(library.reader)
    reading, other = site.go(context.new_page(), PATH), site.go(context.new_page(), "/books/")
    someone_is_here(reading, 1)
    other.get_by_role("button", name="Sign out").click()
    expect(reading.locator(".talk__closed")).to_contain_text("Sign in")


def test_nothing_moves_under_the_eye_while_comments_arrive(site: Site, library: Library) -> None:
    first = act(post_comment, actor=library.author, chapter_id=library.chapters[0].pk, text="First.")
    act(post_comment, actor=library.author, chapter_id=library.chapters[0].pk, text="Second.")
    page = site.open(PATH, library.reader)
    someone_is_here(page, 1)
    page.locator(".comments").scroll_into_view_if_needed()
    page.evaluate(WATCH_SHIFTS)
    act(post_comment, actor=library.author, chapter_id=library.chapters[0].pk, text="A reply.", parent_id=first.pk)
    act(post_comment, actor=library.author, chapter_id=library.chapters[0].pk, text="Third.")
    expect(page.locator(".comment", has_text="Third.")).to_be_visible()
    assert page.evaluate("window.shifts") == []
    page.get_by_role("button", name="1 new reply").click()
    expect(page.locator(".comment", has_text="A reply.")).to_be_visible()


def test_a_comment_that_was_deleted_can_be_taken_back(site: Site, library: Library) -> None:
    tom, ines = site.open(PATH, library.reader), site.open(PATH, library.author)
    someone_is_here(tom, 2)
    say(tom, "Hasty words.")
    expect(ines.locator(".comment", has_text="Hasty words.")).to_be_visible()
    tom.get_by_role("button", name="Delete").click()
    expect(tom.locator(".comment")).to_contain_text("taken away")
    tom.get_by_role("button", name="Undo").click()
    expect(tom.locator(".comment")).to_contain_text("Hasty words.")


def plainly(context: BrowserContext) -> BrowserContext:
    """Keeps the studio from loading, as a network might: then the form writes the text."""
    context.route(re.compile(r"/assets/element-[^/]+\.js$"), lambda route: route.abort())
    return context


def test_the_editor_keeps_what_no_server_has_and_saves_it_later(site: Site, library: Library) -> None:
    site.expected = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED"]
    page = plainly(site.context(library.author)).new_page()
    site.go(page, f"/write/the-lamp-room/{library.chapters[2].pk}/")
    state = page.locator(".save-state")
    page.locator(".editor__text").fill("It glows.")
    expect(state).to_contain_text("Saved")
    page.context.set_offline(True)
    page.locator(".editor__text").fill("It glows again.")
    expect(state).to_contain_text("Kept on this device")
    page.context.set_offline(False)
    expect(state).to_contain_text("Saved")
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.locator(".editor__text").press("Control+s")  # from within the field
    expect(state).to_contain_text("Saved")
    expect(site.go(page, page.url.removeprefix(site.server.http(""))).locator(".editor__text")).to_have_value(
        "It glows again."
    )


def test_somebody_elses_text_is_not_overwritten_unawares(site: Site, library: Library) -> None:
    site.expected = ["ERR_FAILED"]
    path = f"/write/the-lamp-room/{library.chapters[2].pk}/"
    context = plainly(site.context(library.author))
    first, second = site.go(context.new_page(), path), site.go(context.new_page(), path)
    second.route("**/api/v1/chapters/*/", lambda route: route.abort())
    second.locator(".editor__text").press_sequentially("Mine. ")
    expect(second.locator(".save-state")).to_contain_text("Kept on this device")
    first.locator(".editor__text").fill("Theirs.")
    expect(first.locator(".save-state")).to_contain_text("Saved")
    expect(second.get_by_role("alert")).to_be_visible()
    second.get_by_role("button", name="Take theirs").click()
    expect(second.locator(".editor__text")).to_have_value("Theirs.")


def test_the_look_that_a_reader_chooses_holds_on_every_page(site: Site, library: Library) -> None:
    page = site.open(PATH, library.reader)
    page.get_by_role("button", name="Text and colours").click()
    page.get_by_label("Sepia").check(force=True)
    page.get_by_label("Spaced").check(force=True)
    page.keyboard.press("Escape")
    site.go(page, "/books/the-lamp-room/2/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "sepia")
    expect(root).to_have_attribute("data-paragraphs", "spaced")


def test_the_palette_leads_to_pages_books_and_the_open_books_chapters(site: Site, library: Library) -> None:
    page = site.open("/books/the-lamp-room/", library.reader)
    page.wait_for_function("() => customElements.get('lv-palette') !== undefined")
    page.keyboard.press("Control+k")
    page.keyboard.type("wi")
    expect(page.get_by_role("option", name="2. Wick")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/books/the-lamp-room/2/")
    page.wait_for_function("() => customElements.get('lv-palette') !== undefined")
    page.keyboard.press("/")
    page.keyboard.type("lamp")
    expect(page.get_by_role("option", name="The Lamp Room")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Go to")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("libr")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/")


@pytest.mark.parametrize("path", ["/", "/books/the-lamp-room/", "/books/the-lamp-room/1/", "/rooms/"])
def test_a_page_that_nobody_touches_says_little(site: Site, library: Library, path: str) -> None:
    sent: list[str] = []
    page = site.context(library.reader).new_page()
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    site.go(page, path)
    page.wait_for_function("() => document.querySelector(':not(:defined)') === null")
    # Longer than a few answers take: what asks again at every answer has been heard by then.
    page.wait_for_timeout(1500)
    assert len(sent) < 15, sent
