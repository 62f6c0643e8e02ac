"""Books that others made, and our own, which come back as they went."""

import pytest

from books.drafting import markdown
from books.importing.foreign.epub import read
from books.importing.foreign.shapes import Reading, Reason, Unreadable
from books.models import Chapter
from tests.books.epub.ferry import ferry, written  # noqa: F401  # a fixture
from tests.books.importing.foreign.files import epub, epub_parts, packed


def chapters(reading: Reading) -> list[tuple[str, str, str]]:
    return [(chapter.volume, chapter.title, chapter.text) for chapter in reading.chapters]


@pytest.mark.django_db
def test_our_own_comes_back_as_it_went(ferry) -> None:  # noqa: F811
    reading = read(written(ferry))
    went = list(Chapter.objects.filter(book=ferry))
    assert [(chapter.volume, chapter.title) for chapter in reading.chapters] == [
        (one.volume, one.title) for one in went
    ]
    for came, was in zip(reading.chapters, went, strict=True):
        assert markdown.read(came.text) == markdown.read(was.text)
        assert came.note == was.note
    assert (reading.title, reading.author, reading.language) == (ferry.title, "Ada & Lund", "en")


PAGES = {
    "cover.xhtml": '<section epub:type="cover"><p>Cover</p></section>',
    "one.xhtml": "<h2>Chapter I</h2><h3>Ice</h3><p>a</p>",
    "more.xhtml": "<p>b</p>",
    "two.xhtml": '<h2 id="two">Two</h2><p>c</p><h3>Part</h3><p>d</p><h2 id="three">Three</h2><p>e</p>',
}
PARTED = [("", "Chapter I. Ice", "a\n\nb"), ("", "Two", "c\n\n### Part\n\nd"), ("", "Three", "e")]


def test_navigation_says_where_chapters_begin() -> None:
    nav = (
        '<ol><li><a href="cover.xhtml">Cover</a></li><li><a href="one.xhtml">Chapter I. Ice</a></li>'
        '<li><a href="two.xhtml#two">Two</a></li><li><a href="two.xhtml#three">Three</a></li></ol>'
    )
    reading = read(epub(PAGES, nav=nav))
    assert chapters(reading) == PARTED
    assert (reading.title, reading.author, reading.language) == ("The Ferry", "Ada Lund", "en-GB")


def test_so_does_that_of_epub_2() -> None:
    def point(label: str, place: str, below: str = "") -> str:
        return f'<navPoint><navLabel><text>{label}</text></navLabel><content src="{place}"/>{below}</navPoint>'

    ncx = point("Chapter I. Ice", "one.xhtml") + point("Two", "two.xhtml#two") + point("Three", "two.xhtml#three")
    assert chapters(read(epub(PAGES, ncx=ncx))) == PARTED


def test_volumes_are_those_that_begin_with_their_first_chapter() -> None:
    nav = (
        '<ol><li><span>Spring</span><ol><li><a href="one.xhtml">One</a></li><li><a href="gone.xhtml#x">Gone</a></li>'
        "</ol>"
        '</li><li><a href="two.xhtml">Two</a></li></ol>'
    )
    pages = {"one.xhtml": "<h1>One</h1><p>a</p>", "two.xhtml": "<h1>Two</h1><p>b</p>"}
    assert chapters(read(epub(pages, nav=nav))) == [("Spring", "One", "a"), ("", "Two", "b")]


def test_without_contents_headings_say_it() -> None:
    pages = {"one.xhtml": "<h1>One</h1><p>a</p>", "more.xhtml": "<p>b</p>", "two.xhtml": "<h1>Two</h1><p>c</p>"}
    assert chapters(read(epub(pages))) == [("", "One", "a\n\nb"), ("", "Two", "c")]


def test_the_guide_of_epub_2_names_what_is_no_chapter() -> None:
    guide = '<guide><reference type="toc" href="contents.xhtml"/></guide>'
    pages = {"contents.xhtml": "<h1>Contents</h1><p>One</p>", "one.xhtml": "<h1>One</h1><p>a</p>"}
    assert chapters(read(epub(pages, more=guide))) == [("", "One", "a")]


def test_the_looks_of_its_sheets_count() -> None:
    parts = epub_parts({"one.xhtml": '<p>a <span class="i">b</span></p>'})
    parts["OPS/s.css"] = ".i { font-style: italic }"
    package = parts["OPS/package.opf"]
    assert isinstance(package, str)
    parts["OPS/package.opf"] = package.replace(
        "<manifest>", '<manifest><item id="s" href="s.css" media-type="text/css"/>'
    )
    assert chapters(read(packed(parts))) == [("", "The Ferry", "a _b_")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"META-INF/container.xml": None}, Reason.ANOTHER_KIND),
        ({"OPS/package.opf": None}, Reason.BROKEN),
        ({"OPS/package.opf": "<package/>"}, Reason.BROKEN),
        ({"OPS/one.xhtml": None}, Reason.BROKEN),
        ({"OPS/one.xhtml": "<p> </p>"}, Reason.EMPTY),
        ({"META-INF/encryption.xml": '<CipherReference URI="OPS/one.xhtml"/>'}, Reason.ENCRYPTED),
    ],
)
def test_what_is_no_book_is_refused(changes: dict[str, str | None], reason: Reason) -> None:
    parts = {**epub_parts({"one.xhtml": "<p>a</p>"}), **changes}
    with pytest.raises(Unreadable) as refused:
        read(packed({name: part for name, part in parts.items() if part is not None}))
    assert refused.value.reason == reason


def test_letters_that_are_protected_do_no_harm() -> None:
    parts = epub_parts({"one.xhtml": "<p>a</p>"})
    parts["META-INF/encryption.xml"] = '<CipherReference URI="OPS/font.otf"/>'
    assert chapters(read(packed(parts))) == [("", "The Ferry", "a")]
