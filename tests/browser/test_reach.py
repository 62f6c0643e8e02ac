"""Everybody gets everywhere: without scripts, by keyboard, with a screen reader's rules, on every theme."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from books.services.comments import post_comment
from books.services.imports import begin_import
from books.services.subscriptions import subscribe
from livrya.accounts.models import User
from livrya.accounts.services.access import change_password
from social.services.entering import join_group
from social.services.groups import create_group
from social.services.messages import send_message
from tests.browser.conftest import Site, act
from tests.livrya.site.pages.conftest import PASSWORD, Library

# What WCAG 2.2 AA asks, as far as a program can tell.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

READER_PAGES = [
    "/",
    "/library/",
    "/books/",
    "/books/the-lamp-room/",
    "/books/the-lamp-room/1/",
    "/notifications/",
    "/people/ines/",
    "/settings/",
    "/rooms/",
    "/rooms/new/",
    "ROOM",
    "DOOR",
    "/developers/",
    "/developers/protocol/",
    "/no/such/page/",
]
AUTHOR_PAGES = [
    "/write/",
    "/write/new/",
    "/write/new/file/",
    "FILE",
    "/write/the-lamp-room/",
    "/write/the-lamp-room/about/",
    "CHAPTER",
    "ROOM",
    "ROOM/settings/",
]
GUEST_PAGES = ["/", "/sign-in/", "/sign-up/", "/books/the-lamp-room/1/"]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_on_any_page(site: Site, library: Library, scheme: str, width: int) -> None:
    site.expected = ["404 (Not Found)"]
    act(subscribe, actor=library.reader, book_id=library.book.pk)
    comment = act(post_comment, actor=library.reader, chapter_id=library.chapters[0].pk, text="Bright.")
    act(post_comment, actor=library.author, chapter_id=library.chapters[0].pk, text="Indeed.", parent_id=comment.pk)
    group = act(create_group, actor=library.author, name="Oil and wick", description="Theories welcome.")
    act(join_group, actor=library.reader, group_id=group.pk)
    said = act(send_message, actor=library.author, group_id=group.pk, text="@tom: /books/the-lamp-room/1/ is out.")
    answer = "I know. https://example.org/"
    act(send_message, actor=library.reader, group_id=group.pk, text=answer, reply_to_id=said.pk)
    behind = act(create_group, actor=library.author, name="Behind a door", password="wick", max_users=5)
    file = SimpleUploadedFile("letters.md", b"# Salt\n\nThe tide went.\n\n![x](y.png)\n\n# Ash\n\nIt came.")
    kept = act(begin_import, actor=library.author, upload=file)
    addresses = {
        "CHAPTER": f"/write/the-lamp-room/{library.chapters[2].pk}/",
        "ROOM": group.address,
        "ROOM/settings/": f"{group.address}settings/",
        "DOOR": behind.address,
        "FILE": f"/write/new/file/{kept.pk}/?chapter={library.chapters[2].pk}",
    }
    walks: list[tuple[User | None, list[str]]] = [
        (library.reader, READER_PAGES),
        (library.author, AUTHOR_PAGES),
        (None, GUEST_PAGES),
    ]
    found = []
    for person, paths in walks:
        context = site.context(person, color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            site.go(page, addresses.get(path, path))
            page.wait_for_function("() => document.querySelector(':not(:defined)') === null")
            for violation in Axe().run(page, options=RULES).response["violations"]:
                nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                found.append(f"{path}: {violation['id']}: {violation['help']}: {nodes}")
    assert found == []


def test_without_scripts_the_pages_read_and_the_forms_work(site: Site, library: Library) -> None:
    page = site.open("/books/the-lamp-room/", library.reader, java_script_enabled=False)
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Stop following")).to_be_visible()
    page.locator(".contents__link", has_text="Oil").click()
    expect(page.locator("article.prose")).to_contain_text("The Oil begins.")
    page.get_by_label("Your comment").fill("Read on paper.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".comment")).to_contain_text("Read on paper.")
    page.get_by_role("link", name="Wick").click()
    expect(page.locator("article.prose")).to_contain_text("The Wick begins.")


def test_sign_in_read_and_comment_by_keyboard_alone(
    site: Site, library: Library, settings: pytest.FixtureRequest
) -> None:
    # The server knows Django's own hashers only.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # type: ignore[attr-defined]
    act(change_password, actor=None, user=library.reader, new_password=PASSWORD)
    page = site.open("/sign-in/?next=/books/the-lamp-room/")
    page.get_by_label("Username").focus()
    page.keyboard.type("tom")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(site.server.http("/books/the-lamp-room/"))
    tab_to(page, ".contents__link")
    page.keyboard.press("Enter")
    page.wait_for_url(site.server.http("/books/the-lamp-room/1/"))
    tab_to(page, "#comment-text")
    page.keyboard.type("No mouse was harmed.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".comment", has_text="No mouse was harmed.")).to_be_visible()


def test_write_and_publish_by_keyboard_alone(site: Site, library: Library) -> None:
    page = site.open("/write/the-lamp-room/", library.author)
    tab_to(page, ".page-head__actions button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/write/the-lamp-room/*/")
    tab_to(page, ".editor__title")
    page.keyboard.press("Control+A")
    page.keyboard.type("Ember")
    expect(page.locator(".studio__text")).to_be_visible()
    tab_to(page, ".studio__text")
    page.keyboard.type("It glows.")
    expect(page.locator(".studio__state")).to_contain_text("Saved")
    expect(page.locator(".save-state")).to_contain_text("Saved")
    tab_to(page, 'button[value="publish"]')
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Open it as a reader")).to_be_visible()
    site.go(page, "/books/the-lamp-room/")
    expect(page.locator(".contents")).to_contain_text("Ember")


def tab_to(page, selector: str, presses: int = 80) -> None:
    """Presses Tab until the focus is where it is wanted, as somebody without a mouse would."""
    for _ in range(presses):
        if page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}.")


def test_the_documentation_comes_from_our_origin_alone_and_leads_from_rest_to_live(
    site: Site, library: Library
) -> None:
    page = site.open("/api/v1/docs/")
    expect(page.locator(".opblock").first).to_be_visible()
    page.get_by_role("link", name="Live events", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rooms, commands and events")
    page.get_by_role("navigation", name="For developers").get_by_role("link", name="REST API").click()
    expect(page.locator(".opblock").first).to_be_visible()
