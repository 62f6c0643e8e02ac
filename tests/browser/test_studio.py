"""Two people, or one with two pages, write one chapter: what the studio shows, says and keeps."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from books.models import Chapter, CreditKind
from books.services.credits import accept_credit, invite_person, remove_credit
from books.services.versions import name_version
from livrya.accounts.models import User
from realtime.testing.server import ServerProcess
from tests.browser.conftest import Site, act
from tests.commands import running_database_url
from tests.livrya.site.pages.conftest import Library

CLIPBOARD = Path(__file__).parents[2] / "frontend/tests/studio/clipboard"
PASTE = """(element, html) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""

WORDS = """() => [...(document.querySelector(".studio__text")?.children ?? [])].map((block) => {
  const copy = block.cloneNode(true);
  for (const caret of copy.querySelectorAll(".others-caret")) caret.remove();
  return copy.textContent;
})"""


def draft_of(library: Library) -> str:
    return f"/write/the-lamp-room/{library.chapters[2].pk}/"


def co_author(library: Library) -> User:
    """Lets the reader write, too."""
    credit = act(
        invite_person,
        actor=library.author,
        book_id=library.book.pk,
        user_id=library.reader.pk,
        kind=CreditKind.CO_AUTHOR,
    )
    act(accept_credit, actor=library.reader, credit_id=credit.pk)
    return library.reader


def words_on(page: Page) -> list[str]:
    """Returns the paragraphs, without the names of those whose carets are in them."""
    read: list[str] = page.evaluate(WORDS)
    return read


def shows(page: Page, words: str) -> None:
    page.wait_for_function(f"(words) => ({WORDS})().join('\\n').includes(words)", arg=words)


def text_of(page: Page) -> Locator:
    return page.locator(".studio__text")


def says(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator(".studio__state")).to_have_text(words)


def open_studio(site: Site, path: str, person: User) -> Page:
    page = site.open(path, person)
    expect(text_of(page)).to_be_visible()
    says(page, re.compile("Saved"))
    return page


def caret_to(page: Page, key: str) -> None:
    """Goes to one end of the text, however often it takes: right behind a click the editor puts the caret back."""
    text = text_of(page)
    if not text.evaluate("(text) => text.contains(document.activeElement)"):
        text.click()
    end = "first" if key == "Control+Home" else "last"
    for _ in range(20):
        page.keyboard.press(key)
        page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 50))")
        if text.evaluate(f"(text) => text.{end}ElementChild.classList.contains('is-here')"):
            return
    raise AssertionError(f"{key} led nowhere.")


def write_at_end(page: Page, words: str) -> None:
    caret_to(page, "Control+End")
    page.keyboard.type(words)


def test_two_people_write_one_chapter_and_see_each_other(site: Site, library: Library) -> None:
    tom = open_studio(site, draft_of(library), co_author(library))
    ines = open_studio(site, draft_of(library), library.author)
    write_at_end(ines, " Not so.")
    shows(tom, "It ends. Not so.")
    expect(tom.locator(".others-caret__name")).to_have_text("Ines Marrow")
    expect(tom.get_by_label(re.compile("Here: .*Ines Marrow"))).to_be_visible()
    caret_to(tom, "Control+Home")
    tom.keyboard.type("## ")
    tom.keyboard.type("Night. ")
    shows(ines, "Night. The Flame begins.")
    expect(text_of(ines).locator("h2")).to_be_visible()
    says(ines, re.compile("Saved"))
    says(tom, re.compile("Saved"))
    assert words_on(ines) == words_on(tom)
    again = open_studio(site, draft_of(library), library.author)
    assert words_on(again) == words_on(tom)


def test_what_is_written_offline_is_kept_said_to_be_and_merged(site: Site, library: Library) -> None:
    site.expected = ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    tom = open_studio(site, draft_of(library), co_author(library))
    ines = open_studio(site, draft_of(library), library.author)
    ines.context.set_offline(True)
    write_at_end(ines, " Written in the dark.")
    says(ines, "Kept on this device")
    write_at_end(tom, " Written in the light.")
    says(tom, re.compile("Saved"))
    ines.context.set_offline(False)
    says(ines, re.compile("Saved"))
    for page in (ines, tom):
        shows(page, "Written in the dark.")
        shows(page, "Written in the light.")
    assert words_on(tom) == words_on(ines)


def test_words_typed_into_a_paragraph_that_another_joins_are_put_back(site: Site, library: Library) -> None:
    site.expected = ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    tom = open_studio(site, draft_of(library), co_author(library))
    ines = open_studio(site, draft_of(library), library.author)
    paragraphs = len(words_on(tom))
    ines.context.set_offline(True)
    write_at_end(ines, " Written in the dark.")
    says(ines, "Kept on this device")
    caret_to(tom, "Control+End")
    tom.keyboard.press("Home")
    tom.keyboard.press("Backspace")
    expect(text_of(tom).locator(":scope > *")).to_have_count(paragraphs - 1)
    says(tom, re.compile("Saved"))
    ines.context.set_offline(False)
    for page in (ines, tom):
        expect(page.locator(".banner")).to_contain_text("Ines Marrow’s words went with a paragraph")
    tom.get_by_role("button", name="Put back").click()
    for page in (ines, tom):
        shows(page, "It ends. Written in the dark.")
        expect(page.locator(".banner")).to_have_count(0)
    assert words_on(tom) == words_on(ines)


def test_what_two_split_at_once_is_shown_to_stand_twice(site: Site, library: Library) -> None:
    site.expected = ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    tom = open_studio(site, draft_of(library), co_author(library))
    ines = open_studio(site, draft_of(library), library.author)
    ines.context.set_offline(True)
    for page in (ines, tom):
        caret_to(page, "Control+End")
        for _ in "ends.":
            page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        shows(page, "It \nends.")
    says(ines, "Kept on this device")
    says(tom, re.compile("Saved"))
    ines.context.set_offline(False)
    for page in (ines, tom):
        expect(page.locator(".banner")).to_contain_text("this stands twice: ends.")
    tom.get_by_role("button", name="Show").click()
    expect(tom.locator(".found")).to_have_count(2)
    tom.keyboard.press("Escape")
    tom.get_by_role("button", name="Settle").click()
    for page in (ines, tom):
        expect(page.locator(".banner")).to_have_count(0)


def test_what_no_server_has_is_there_when_the_page_is_opened_again(
    open_site: Callable[[ServerProcess], Site], library: Library
) -> None:
    environment = {"DATABASE_URL": act(running_database_url), "SECRET_KEY": settings.SECRET_KEY}
    with ServerProcess(environment=environment) as server:
        site = open_site(server)
        site.expected = ["ERR_", "WebSocket"]
        page = open_studio(site, draft_of(library), library.author)
        server.kill()
        write_at_end(page, " Nobody has this.")
        says(page, "Kept on this device")
        with ServerProcess(port=server.port, environment=environment):
            site.go(page, draft_of(library))
            shows(page, "Nobody has this.")
            says(page, re.compile("Saved"))
            again = open_studio(site, draft_of(library), library.author)
            shows(again, "Nobody has this.")


COPIES = "async () => (await indexedDB.databases()).map(({ name }) => name.split('.').slice(0, 4).join('.')).sort()"


def test_what_is_saved_does_not_stay_on_the_device(site: Site, library: Library) -> None:
    context = site.context(library.author)
    drafts = [f"/write/the-lamp-room/{chapter.pk}/" for chapter in library.chapters]
    names = [f"livrya.studio.{library.author.pk}.{chapter.pk}" for chapter in library.chapters]
    pages = [site.go(context.new_page(), path) for path in drafts[:2]]
    for page in pages:
        says(page, re.compile("Saved"))
    site.go(pages[0], drafts[2])
    says(pages[0], re.compile("Saved"))
    pages[0].wait_for_function(f"async () => (await ({COPIES})()).length === 3")
    # The first one's went, the second is open elsewhere, the third is open here.
    assert pages[0].evaluate(COPIES) == ["livrya.probe", names[1], names[2]]


def test_a_paste_from_a_word_processor_keeps_its_italics_and_complains_of_nothing(site: Site, library: Library) -> None:
    page = open_studio(site, draft_of(library), library.author)
    text_of(page).click()
    page.keyboard.press("Control+a")
    text_of(page).evaluate(PASTE, (CLIPBOARD / "word.html").read_text())
    expect(text_of(page).locator("em")).to_have_text("Ishmael")
    expect(text_of(page).locator(".scene-break")).to_have_count(1)
    says(page, re.compile("Saved"))
    again = open_studio(site, draft_of(library), library.author)
    expect(text_of(again).locator("em")).to_have_text("Ishmael")
    assert words_on(again) == words_on(page)


def test_a_long_paste_arrives_in_pieces_and_whole(site: Site, library: Library) -> None:
    tom = open_studio(site, draft_of(library), co_author(library))
    ines = open_studio(site, draft_of(library), library.author)
    html = "".join(f"<p>{number}. {'All that winter the moths came in. ' * 20}</p>" for number in range(200))
    text_of(ines).click()
    text_of(ines).evaluate(PASTE, html)
    says(ines, re.compile("Saved"))
    shows(tom, "199. All that winter")
    assert words_on(tom) == words_on(ines)


def test_without_scripts_the_form_is_what_it_was(site: Site, library: Library) -> None:
    page = site.open(draft_of(library), library.author, java_script_enabled=False)
    page.locator(".editor__text").fill("Plain as day.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".editor__text")).to_have_value("Plain as day.")
    with_scripts = open_studio(site, draft_of(library), library.author)
    assert words_on(with_scripts) == ["Plain as day."]


def test_a_beta_reader_sees_what_is_written_and_cannot_write(site: Site, library: Library) -> None:
    credit = act(
        invite_person, actor=library.author, book_id=library.book.pk, user_id=library.reader.pk, kind=CreditKind.BETA
    )
    act(accept_credit, actor=library.reader, credit_id=credit.pk)
    tom, ines = open_studio(site, draft_of(library), library.author), site.open(draft_of(library), library.reader)
    says(ines, "Read only")
    expect(text_of(ines)).to_have_attribute("contenteditable", "false")
    write_at_end(tom, " For you.")
    shows(ines, "For you.")
    expect(tom.locator(".studio__people")).to_have_attribute("aria-label", re.compile("Here: "))
    act(remove_credit, actor=library.author, credit_id=credit.pk)
    expect(ines.locator(".studio__state")).not_to_have_text("Read only")


def test_the_form_saves_beside_the_studio_and_each_leaves_the_others_alone(site: Site, library: Library) -> None:
    page = open_studio(site, draft_of(library), library.author)
    write_at_end(page, " More.")
    says(page, re.compile("Saved"))
    page.get_by_label("Title", exact=True).fill("Ember")
    expect(page.locator(".save-state")).to_contain_text(re.compile(r"Saved \d"))
    write_at_end(page, " And more.")
    says(page, re.compile("Saved"))
    again = open_studio(site, draft_of(library), library.author)
    expect(again.get_by_label("Title", exact=True)).to_have_value("Ember")
    shows(again, "It ends. More. And more.")


def test_finding_formatting_and_leaving_by_keyboard_alone(site: Site, library: Library) -> None:
    page = open_studio(site, draft_of(library), library.author)
    text_of(page).focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("ends")
    expect(page.locator(".studio__count")).to_have_text("1 of 1")
    page.keyboard.press("Escape")
    expect(text_of(page)).to_be_focused()  # the editor takes it with the next frame
    page.keyboard.press("Control+i")
    expect(text_of(page).locator("em", has_text="ends")).to_be_visible()
    page.keyboard.press("Alt+F10")
    expect(page.get_by_label("Kind of paragraph")).to_be_focused()
    page.keyboard.press("Escape")
    expect(text_of(page)).to_be_focused()
    page.keyboard.press("Control+Shift+f")
    expect(page.get_by_role("button", name="Publish now")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Publish now")).to_be_visible()
    says(page, re.compile("Saved"))


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_page(site: Site, library: Library, width: int) -> None:
    page = open_studio(site, draft_of(library), library.author)
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_chapter_that_is_out_changes_for_readers_when_its_changes_are_published(site: Site, library: Library) -> None:
    chapter: Chapter = library.chapters[0]
    page = open_studio(site, f"/write/the-lamp-room/{chapter.pk}/", library.author)
    reader = site.open("/books/the-lamp-room/1/", library.reader)
    write_at_end(page, " Not for you yet.")
    says(page, re.compile("Saved"))
    site.go(reader, "/books/the-lamp-room/1/")
    expect(reader.locator("article.prose")).to_contain_text("It ends.")
    expect(reader.locator("article.prose")).not_to_contain_text("Not for you yet.")
    page.get_by_role("link", name="See and publish changes").click()
    expect(page.locator(".changes ins")).to_have_text("Not for you yet.")
    page.get_by_role("button", name="Publish changes").click()
    expect(page.get_by_text("Readers see your changes.")).to_be_visible()
    site.go(reader, "/books/the-lamp-room/1/")
    expect(reader.locator("article.prose")).to_contain_text("Not for you yet.")


def test_a_version_is_named_and_restored_under_the_eyes_of_who_writes(site: Site, library: Library) -> None:
    tom = open_studio(site, draft_of(library), co_author(library))
    ines = open_studio(site, draft_of(library), library.author)
    ines.get_by_role("link", name="Versions").first.click()
    ines.get_by_label("Name", exact=True).fill("As it was")
    ines.get_by_role("button", name="Keep what is there now").click()
    expect(tom.locator(".toast")).to_contain_text("Ines Marrow named this version “As it was”.")
    write_at_end(tom, " Or does it?")
    says(tom, re.compile("Saved"))
    ines.get_by_role("link", name="As it was").click()
    expect(ines.locator("ins")).to_contain_text("Or does it?")
    ines.once("dialog", lambda question: question.accept())
    ines.get_by_role("button", name="Restore this version").click()
    expect(tom.get_by_text("Ines Marrow restored the version “As it was”.")).to_be_visible()
    tom.wait_for_function(f"() => !({WORDS})().join().includes('Or does it?')")
    expect(text_of(ines)).to_be_visible()
    write_at_end(tom, " And on.")
    shows(ines, "And on.")
    site.go(ines, f"{draft_of(library)}versions/")
    expect(ines.get_by_role("link", name="Before restoring")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_versions_are_not_wider_than_the_page(site: Site, library: Library, width: int) -> None:
    made = act(name_version, actor=None, chapter_id=library.chapters[2].pk, name="wide" * 50)
    page = site.open(f"{draft_of(library)}versions/", library.author)
    page.set_viewport_size({"width": width, "height": 700})
    for path in ("versions/", f"versions/{made.pk}/"):
        site.go(page, f"{draft_of(library)}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
