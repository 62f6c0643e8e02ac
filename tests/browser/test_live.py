"""What moves on one screen because of what happened on another."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from books.services.chapters import update_chapter
from books.services.comments import post_comment
from books.services.releases import publish_chapter, unpublish_chapter
from books.services.subscriptions import subscribe
from realtime.testing.server import ServerProcess
from tests.browser.conftest import Site, act
from tests.commands import running_database_url
from tests.livrya.site.pages.conftest import Library

EVENT_SOURCE = """(rooms) => {
  window.heard = [];
  window.stream = new EventSource(`/events/?rooms=${rooms}`);
  window.stream.addEventListener("session:ready", () => window.heard.push("ready"));
  window.stream.addEventListener("comment:new", (event) => window.heard.push(JSON.parse(event.data).payload.text));
}"""


def someone_is_here(page: Page, count: int) -> None:
    expect(page.locator("lv-presence .presence__count").first).to_have_text(f"{count} reading now")


def test_a_chapter_published_in_one_browser_appears_in_the_other_without_reload(site: Site, library: Library) -> None:
    reader = site.open("/books/the-lamp-room/", library.reader)
    someone_is_here(reader, 1)
    author = site.open(f"/write/the-lamp-room/{library.chapters[2].pk}/", library.author)
    author.get_by_role("button", name="Publish now").click()
    arrived = reader.locator(f'[data-chapter="{library.chapters[2].pk}"]')
    expect(arrived).to_contain_text("Flame")
    arrived.get_by_role("link").click()
    expect(reader.locator("article.prose")).to_contain_text("The Flame begins.")


def test_an_open_book_says_how_much_there_is_to_read_as_chapters_come_and_go(site: Site, library: Library) -> None:
    context = site.context(library.reader)
    reader, again = site.go(context.new_page(), "/books/the-lamp-room/"), context.new_page()
    extent, row = reader.locator("[data-extent]"), reader.locator(f'[data-chapter="{library.chapters[2].pk}"]')
    someone_is_here(reader, 1)
    before = extent.inner_text()
    for _ in range(2):
        act(publish_chapter, actor=library.author, chapter_id=library.chapters[2].pk)
        expect(extent).not_to_have_text(before)
        expect(row).not_to_have_attribute("data-removed", "")
        expect(extent).to_have_text(site.go(again, "/books/the-lamp-room/").locator("[data-extent]").inner_text())
        act(unpublish_chapter, actor=library.author, chapter_id=library.chapters[2].pk)
        expect(extent).to_have_text(before)
        expect(row).to_have_attribute("data-removed", "")


def test_a_comment_and_a_reply_appear_in_the_reader(site: Site, library: Library) -> None:
    path = "/books/the-lamp-room/1/"
    tom, ines = site.open(path, library.reader), site.open(path, library.author)
    someone_is_here(tom, 2)
    tom.get_by_label("Your comment").fill("Who lit it?")
    tom.get_by_role("button", name="Comment", exact=True).click()
    remark = ines.locator(".comment", has_text="Who lit it?")
    expect(remark).to_be_visible()
    remark.get_by_role("button", name="Reply").click()
    ines.locator(".comment .composer textarea").fill("You will see.")
    ines.locator(".comment .composer").get_by_role("button", name="Reply").click()
    expect(tom.locator(".comment", has_text="You will see.")).to_be_visible()
    expect(tom.locator(".talk__count")).to_have_text("2")


def test_the_bell_counts_and_reading_in_one_tab_is_read_in_all(site: Site, library: Library) -> None:
    act(subscribe, actor=library.reader, book_id=library.book.pk)
    context = site.context(library.reader)
    first, second = site.go(context.new_page(), "/library/"), site.go(context.new_page(), "/books/")
    act(publish_chapter, actor=library.author, chapter_id=library.chapters[2].pk)
    for page in (first, second):
        expect(page.locator(".bell__count")).to_contain_text("1")
    site.go(first, "/notifications/").get_by_role("button", name="Mark all as read").click()
    expect(second.locator(".bell__count")).to_be_hidden()


def test_typing_shows_and_ends_by_itself(site: Site, library: Library) -> None:
    path = "/books/the-lamp-room/1/"
    tom, ines = site.open(path, library.reader), site.open(path, library.author)
    someone_is_here(ines, 2)
    tom.get_by_label("Your comment").press_sequentially("I wonder", delay=30)
    expect(ines.locator(".typing")).to_have_text(re.compile("writing"))
    expect(tom.locator(".typing")).not_to_have_text(re.compile("writing"))
    expect(ines.locator(".typing")).to_have_text("")


def test_two_tabs_are_one_reader_and_closing_both_is_leaving(site: Site, library: Library) -> None:
    watcher = site.open("/books/the-lamp-room/", library.author)
    context = site.context(library.reader)
    tabs = [site.go(context.new_page(), "/books/the-lamp-room/") for _ in range(2)]
    for page in (watcher, *tabs):
        someone_is_here(page, 2)
    tabs[0].close()
    someone_is_here(tabs[1], 2)
    site.go(tabs[1], "/library/")
    someone_is_here(watcher, 1)


def test_the_place_moves_to_the_other_device(site: Site, library: Library) -> None:
    chapter = library.chapters[0]
    text = "\n\n".join(f"Line {n}. " + "Word " * 80 for n in range(60))
    ids = act(update_chapter, actor=library.author, chapter_id=chapter.pk, text=text).paragraph_ids
    path = "/books/the-lamp-room/1/"
    phone, desk = site.open(path, library.reader), site.open(path, library.reader)
    someone_is_here(desk, 1)
    someone_is_here(phone, 1)
    phone.evaluate(f"document.querySelector('[data-paragraph=\"{ids[30]}\"]').scrollIntoView()")
    note = desk.locator(".place-note")
    expect(note).to_be_visible()
    assert desk.evaluate("scrollY") == 0, "nobody is moved without asking"
    note.get_by_role("button").first.click()
    desk.wait_for_function("scrollY > 1000")


def test_the_desk_moves_a_card_when_its_chapter_is_published(site: Site, library: Library) -> None:
    desk = site.open("/write/the-lamp-room/", library.author)
    expect(desk.locator("lv-connection")).to_have_text("")
    act(publish_chapter, actor=library.author, chapter_id=library.chapters[2].pk)
    card = desk.locator('[data-state="published"]').locator(f'[data-chapter="{library.chapters[2].pk}"]')
    expect(card).to_be_visible()


def test_nothing_shifts_while_events_arrive(site: Site, library: Library) -> None:
    page = site.open("/books/the-lamp-room/1/", library.reader)
    someone_is_here(page, 1)
    page.evaluate(
        """() => { window.shifts = 0; new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts += entry.value;
        }).observe({ type: "layout-shift", buffered: false }); }"""
    )
    for number in range(5):
        act(post_comment, actor=library.author, chapter_id=library.chapters[0].pk, text=f"Remark {number}")
    expect(page.locator(".talk__count")).to_have_text("5")
    act(publish_chapter, actor=library.author, chapter_id=library.chapters[2].pk)
    assert page.evaluate("window.shifts") == 0


def test_a_killed_server_is_said_honestly_and_everything_catches_up(
    open_site: Callable[[ServerProcess], Site], library: Library
) -> None:
    environment = {"DATABASE_URL": running_database_url()}
    with ServerProcess(environment=environment) as server:
        site = open_site(server)
        site.expected = ["WebSocket connection", "ERR_CONNECTION_REFUSED"]
        page = site.open("/books/the-lamp-room/1/", library.reader)
        someone_is_here(page, 1)
        server.kill()
        expect(page.locator("lv-connection")).to_contain_text("Reconnecting")
        act(post_comment, actor=library.author, chapter_id=library.chapters[0].pk, text="Said while you were away.")
        page.get_by_label("Your comment").fill("Typed while it was down.")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.locator("[data-unsent]", has_text="Typed while it was down.")).to_be_visible()
        with ServerProcess(port=server.port, environment=environment):
            expect(page.locator(".comment", has_text="Said while you were away.")).to_be_visible(timeout=40_000)
            expect(page.locator("[data-unsent]")).to_have_count(0, timeout=20_000)
            expect(page.locator(".comment", has_text="Typed while it was down.")).to_have_count(1)
            expect(page.locator("lv-connection")).not_to_contain_text("Reconnecting")


def test_an_event_source_enters_by_the_cookie_and_goes_on_exactly_after_a_restart(
    open_site: Callable[[ServerProcess], Site], library: Library
) -> None:
    environment = {"DATABASE_URL": running_database_url()}
    chapter = library.chapters[0].pk

    def comes(*heard: str) -> None:
        page.wait_for_function("(heard) => window.heard.join() === heard", arg=",".join(heard), timeout=40_000)

    with ServerProcess(environment=environment) as server:
        site = open_site(server)
        # A page without a head is asked for its favicon.
        site.expected = ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "404 (Not Found)"]
        page = site.open("/healthz", library.reader)
        page.evaluate(EVENT_SOURCE, f"chapter:{chapter},notifications:{library.reader.pk}")
        comes("ready")
        act(post_comment, actor=library.author, chapter_id=chapter, text="one")
        comes("ready", "one")
        server.stop()
    act(post_comment, actor=library.author, chapter_id=chapter, text="two")
    with ServerProcess(port=server.port, environment=environment):
        comes("ready", "one", "ready", "two")
        act(post_comment, actor=library.author, chapter_id=chapter, text="three")
        comes("ready", "one", "ready", "two", "three")
