"""Texts as HTML: bounded work whatever is written, done once when it is saved, and before anybody waits for it."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from books import limits, text
from books.drafting import inline, markdown
from books.models import Chapter, Rendering
from books.paragraphs import CarriedOver, carry_over
from books.services import chapters, rendering
from books.services.chapters import create_chapter, update_chapter
from livrya.kit import texts
from livrya.kit.texts import excerpt
from realtime.errors import Conflict, Forbidden, ValidationFailed
from tests.books.library import book, chapter, draft, somebody

# CommonMark's own list of inputs that made parsers slow, and others of the kind, in our subset.
SLOW = {
    "brackets that open twice": "[a][",
    "brackets that open": "[",
    "brackets that close": "]",
    "brackets that open and close": "[]",
    "brackets in each other": "[[]",
    "links that do not end": "[a](",
    "links without an end": "[a](b",
    "links whose address does not end": "[a](<b",
    "links in each other": "[a[b](c)",
    "links with backslashes": "[x](\\(",
    "titles that do not end": '[a](b "',
    "titles": '[a](b "c" ',
    "emphasis that opens": "*a ",
    "emphasis that opens with lines": "_a ",
    "emphasis that closes": "a* ",
    "emphasis in words": "a**b",
    "emphasis of two lengths": "*a**a ",
    "emphasis that crosses": "*a_ ",
    "emphasis alternating": "*_",
    "stars": "*",
    "backslashes": "\\",
    "escapes": "\\*",
    "quotes in each other": ">",
    "lines of quotes": "> a\n",
    "lines of quotes in each other": "> > > a\n",
    "lines": "*a\n",
    "headings": "# a\n",
    "spaces": "* ",
    "angles": "<a ",
    "pictures that do not end": "![a](",
    "pictures of others": "![a](b)",
    "pictures": "![a](/media/b.png)",
    "pictures in each other": "![a![b](/media/b.png)",
    "pictures of much": "![*a*~~b~~](/media/b.png)",
    "strikes": "~~",
    "strikes that open": "~~a ",
    "strikes in words": "a~~b",
    "small caps": "^^",
    "small caps that open": "^^a ",
    "small caps in words": "a^^b",
    "small caps that cross": "^^a~~b^^c~~",
    "every mark in words": "a**{}_{}~~{}^^{}",
    "nothing": "{}",
    "nothing between": "_{}",
    "items": "+ a\n",
    "items within": "+ + ",
    "numbered items": "#. a\n",
    "headings that close": "# a #\n",
    "headings that go on": "# a\\\n",
    "headings of spaces": "#\t ",
    "lines that begin": "a\n> b\n# c\n",
    "all of it": "_a_ **b** [c](https://d.e)\n",
}
# Lines of Python per character; the dearest link takes about 150.
MOST_LINES = 400


def work(act: Callable[[], object]) -> int:
    """Returns how many lines of Python an act runs through: what it costs, whatever else this machine does."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("piece", SLOW.values(), ids=SLOW)
def test_the_work_of_rendering_grows_with_the_text_and_no_faster(piece: str) -> None:
    for length in (1_000, 4_000):
        source = "a" + piece * (length // len(piece)) + "a"
        assert work(lambda source=source: text.render(source)) < MOST_LINES * length


def test_what_opens_and_what_closes_may_stand_apart() -> None:
    for opens, closes in (("[", "]"), ("[", "](a)"), ("*a ", " a*"), ("**a ", " a**"), ("> ", "a\n")):
        source = opens * 1_000 + closes * 1_000
        assert work(lambda source=source: text.render(source)) < MOST_LINES * len(source)


@pytest.mark.parametrize("piece", ["[a][", "*a ", "_a_\n", "_a_\n\n"])
def test_beyond_so_many_stops_a_text_is_shown_as_it_was_written(piece: str, monkeypatch: Any) -> None:
    parsed = []
    parse = inline._PARSER.parseInline
    monkeypatch.setattr(inline._PARSER, "parseInline", lambda content: parsed.append(content) or parse(content))
    pieces = text.render(piece * (limits.CHAPTER // len(piece)))
    assert pieces
    stops = sum(len(markdown._STOP.findall(content)) for content in parsed)
    assert stops <= markdown.MOST_STOPS * 2  # brackets get a backslash


def test_a_long_paragraph_is_rendered_like_any_other() -> None:
    """As in Ulysses, where one paragraph has 21,375 characters and a few words in italics."""
    words = "and _Love's Old Sweet Song_ he said \\* yes " * 500
    (piece,) = text.render(words)
    assert len(words) > 21_000
    assert piece.count("<em>Love's Old Sweet Song</em>") == 500
    assert "_" not in piece
    assert "\\" not in piece


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[a] [b](c) [", '[a] <a href="c" rel="nofollow ugc noopener">b</a> ['),
        ("[a [b](c) d](e)", '[a <a href="c" rel="nofollow ugc noopener">b</a> d](e)'),
        ("[a [b] c](d)", '<a href="d" rel="nofollow ugc noopener">a [b] c</a>'),
        (r"[a\](b) [c](d)", r"[a](b) " + '<a href="d" rel="nofollow ugc noopener">c</a>'),
        ("[a]](b)", "[a]](b)"),
        ("[a](b]c)", '<a href="b%5Dc" rel="nofollow ugc noopener">a</a>'),
    ],
)
def test_brackets_that_are_no_link_are_only_brackets(source: str, html: str) -> None:
    assert text.render(source) == [f"<p>{html}</p>"]


def test_a_feed_cleans_no_more_of_a_text_than_it_shows(monkeypatch: Any) -> None:
    cleaned = []
    strip = texts._strip
    monkeypatch.setattr(texts, "_strip", lambda given: cleaned.append(len(given)) or strip(given))
    assert len(excerpt("word " * 100_000, 400)) in (399, 400)
    assert sum(cleaned) < 3_000
    assert excerpt("\u200b" * 5_000 + "word", 10) == "word"


@pytest.fixture
def rendered(monkeypatch: Any) -> list[str]:
    """The texts and notes that were rendered meanwhile; an empty one is no work."""
    seen: list[str] = []
    render = text.render
    monkeypatch.setattr(text, "render", lambda source: seen.extend(filter(None, [source])) or render(source))
    return seen


def pages_of(shown: Chapter) -> Iterator[bytes]:
    """Yields what everybody gets to see of a chapter, by every edge that shows it."""
    guest = Client()
    yield guest.get(reverse("reader", args=[shown.book.slug, shown.number])).content
    yield guest.get(reverse("api-chapter", args=[shown.pk])).content
    yield b"".join(guest.get(reverse("book-epub", args=[shown.book.slug])))


@pytest.mark.django_db
def test_a_chapter_is_rendered_when_it_is_saved_and_at_no_view(rendered: list[str]) -> None:
    shown = chapter(book(), text="_Call_ me", note="A _note_")
    assert rendered == ["_Call_ me", "A _note_"]
    update_chapter(actor=None, chapter_id=shown.pk, text="_Call_ me\n\n**Ishmael**")
    assert rendered[2:] == ["_Call_ me\n\n**Ishmael**", "A _note_"]
    update_chapter(actor=None, chapter_id=shown.pk, title="Loomings, again", text="_Call_ me\n\n**Ishmael**")
    for number, page in enumerate(pages_of(shown)):
        assert number == 2 or (b"<em>Call</em>" in page and b"<em>note</em>" in page)
    assert len(rendered) == 4


@pytest.mark.django_db
def test_what_was_saved_before_is_rendered_at_its_first_view(rendered: list[str], monkeypatch: Any) -> None:
    shown = chapter(book(), text="_Call_ me")
    Rendering.objects.all().delete()
    rendered.clear()
    for _ in range(2):
        assert all(pages_of(shown))
        assert rendered == ["_Call_ me"]
    # Whoever changes the renderer makes everything anew, also what was changed beside the services.
    monkeypatch.setattr(text, "RENDERER", text.RENDERER + 1)
    assert all(pages_of(shown))
    assert len(rendered) == 2
    Chapter.objects.filter(pk=shown.pk).update(text="_Ishmael_")
    assert b"<em>Ishmael</em>" in next(pages_of(shown))
    assert len(rendered) == 3
    assert Rendering.objects.count() == 1


@pytest.mark.django_db
def test_what_cannot_be_kept_is_shown_all_the_same() -> None:
    shown = chapter(book(), text="_Call_ me")
    gone = Chapter.objects.get(pk=shown.pk)
    shown.delete()
    assert rendering.rendered(gone).paragraphs == ["<p><em>Call</em> me</p>"]


@pytest.mark.django_db
def test_a_view_that_is_late_does_not_put_an_older_text_in_place_of_a_newer_one(rendered: list[str]) -> None:
    read = chapter(book(), text="_Call_ me")
    update_chapter(actor=None, chapter_id=read.pk, text="_Ishmael_")
    assert rendering.rendered(read).paragraphs == ["<p><em>Call</em> me</p>"]
    rendered.clear()
    assert all(pages_of(read))
    assert rendered == []


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_a_text_is_compared_and_rendered(monkeypatch: Any) -> None:
    """On SQLite, where all wait for one writer: three seconds of comparing were three seconds for everybody."""
    inside = []
    for name in ("render", "count_words", "paragraphs"):
        real = getattr(text, name)

        def watched(*given: Any, real: Any = real) -> Any:
            inside.append(connection.in_atomic_block)
            return real(*given)

        monkeypatch.setattr(text, name, watched)
    shown = create_chapter(actor=None, book_id=book().pk, title="Loomings", text="_Call_ me")
    update_chapter(actor=None, chapter_id=shown.pk, text="_Call_ me\n\nIshmael")
    assert next(pages_of(chapter(shown.book)))
    assert len(inside) >= 6
    assert not any(inside)


@pytest.mark.django_db
def test_a_change_meanwhile_is_compared_with(monkeypatch: Any) -> None:
    """Somebody else saves between the comparing and the lock."""
    shown = draft(book(), text="one\n\ntwo")
    seen: list[str] = []
    busy = ["one\n\nTWO\n\nthree"]

    def meanwhile(ids: list[str], old: str, new: str) -> CarriedOver:
        if busy:
            Chapter.objects.filter(pk=shown.pk).update(text=busy.pop())
        seen.append(old)
        return carry_over(ids, old, new)

    monkeypatch.setattr(chapters, "carry_over", meanwhile)
    saved = update_chapter(actor=None, chapter_id=shown.pk, text="one\n\ntwo\n\nthree")
    assert seen == ["one\n\ntwo", "one\n\nTWO\n\nthree"]
    assert len(saved.paragraph_ids) == 3
    assert (saved.text, saved.version) == ("one\n\ntwo\n\nthree", 2)
    busy += [f"another {number}" for number in range(9)]
    with pytest.raises(Conflict):
        update_chapter(actor=None, chapter_id=shown.pk, text="mine")


@pytest.mark.django_db
def test_a_text_that_went_and_came_back_meanwhile_has_the_ids_of_now(monkeypatch: Any) -> None:
    shown = draft(book(), text="one\n\ntwo")
    others = ["quite another", "one\n\ntwo"]

    def meanwhile(ids: list[str], old: str, new: str) -> CarriedOver:
        waiting, others[:] = [*others], []
        for theirs in waiting:
            update_chapter(actor=None, chapter_id=shown.pk, text=theirs)
        return carry_over(ids, old, new)

    monkeypatch.setattr(chapters, "carry_over", meanwhile)
    saved = update_chapter(actor=None, chapter_id=shown.pk, text="one\n\ntwo\n\nthree")
    assert len(saved.paragraph_ids) == 3
    assert not set(saved.paragraph_ids) & set(shown.paragraph_ids)


@pytest.mark.django_db
def test_a_strangers_text_is_not_rendered(rendered: list[str]) -> None:
    shown = chapter(book())
    rendered.clear()
    with pytest.raises(Forbidden):
        update_chapter(actor=somebody(), chapter_id=shown.pk, text="_mine_")
    with pytest.raises(Forbidden):
        create_chapter(actor=somebody(), book_id=shown.book_id, title="Mine", text="_mine_")
    assert rendered == []


@pytest.mark.django_db
def test_a_chapter_has_so_many_paragraphs_at_most() -> None:
    own = book()
    with pytest.raises(ValidationFailed):
        draft(own, text="a\n\n" * (limits.PARAGRAPHS + 1))
    assert draft(own, text="a\n\n" * limits.PARAGRAPHS).word_count == limits.PARAGRAPHS
