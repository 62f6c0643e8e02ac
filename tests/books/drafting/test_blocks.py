import pytest

from books.drafting.blocks import LEVELS, Block, HardBreak, Image, Kind, Span, address, is_empty, is_picture, normal

pytestmark = pytest.mark.either_database

BOLD = frozenset({"bold"})


def test_neighbours_that_look_alike_are_one_span_and_empty_ones_are_none() -> None:
    inlines = (Span("a"), Span(""), Span("b"), Span("c", BOLD), Span("", BOLD), Span("d", BOLD, "https://a.b"))
    assert normal(Block(inlines)).inlines == (Span("ab"), Span("c", BOLD), Span("d", BOLD, "https://a.b"))


def test_a_block_of_many_spans_is_joined_in_one_go() -> None:
    assert normal(Block((Span("a"),) * 10_000)).inlines == (Span("a" * 10_000),)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_lines_end_within_a_span_is_a_hard_break(end: str) -> None:
    assert normal(Block((Span(f"a{end}b", BOLD),))).inlines == (Span("a", BOLD), HardBreak(), Span("b", BOLD))


@pytest.mark.parametrize(
    "text", ["\ta ", "\xa0a\u3000", "\u200ba\u200d", "e\u0301\u0301", "\u202eab", "👩‍👩‍👧", "\u00ad"]
)
def test_other_text_stays(text: str) -> None:
    assert normal(Block((Span(text),))).inlines == (Span(text),)


def test_what_no_text_may_hold_goes() -> None:
    assert normal(Block((Span("a\x00\x1f\x7f\x9f\ud800\ufffe"), Span("\x01")))).inlines == (Span("a"),)


@pytest.mark.parametrize(
    ("kind", "given", "level"),
    [
        ("heading", 0, 2),
        ("heading", 1, 2),
        ("heading", 3, 3),
        ("heading", 6, 3),
        ("item", 0, 1),
        ("item", 9, 3),
        ("paragraph", 3, 0),
        ("quote", 1, 0),
        ("break", 2, 0),
    ],
)
def test_levels_are_within_their_bounds(kind: Kind, given: int, level: int) -> None:
    assert normal(Block(kind=kind, level=given)).level == level


def test_only_items_are_ordered_and_breaks_have_no_content() -> None:
    assert [normal(Block(kind=kind, ordered=True)).ordered for kind in ("item", "heading")] == [True, False]
    assert normal(Block((Span("a"),), "break", id="0123456789ab")) == Block(kind="break", id="0123456789ab")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.b/c?d=e#f", "https://a.b/c?d=e#f"),
        ("HTTP://a.b", "HTTP://a.b"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("/books/moby?at=1:2", "/books/moby?at=1:2"),
        ("#top:here", "#top:here"),
        ("é:b", "é:b"),
        (" https://a.b/c d\n", "https://a.b/c%20d"),
        ("https://a.b/\u00e4\u3000", "https://a.b/\u00e4"),
        ("https://a.b/\u3000b", "https://a.b/%E3%80%80b"),
        ("", None),
        (" \x01", None),
        ("javascript:alert(1)", None),
        ("java\x00script:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("JavaScript&colon;alert(1)", "JavaScript&colon;alert(1)"),
        ("data:text/html,hi", None),
        ("file:///etc/passwd", None),
    ],
)
def test_a_link_has_an_address_that_a_browser_may_go_to(given: str, kept: str | None) -> None:
    assert address(given) == kept
    assert kept is None or address(kept) == kept
    assert normal(Block((Span("x", link=given),))).inlines == (Span("x", link=kept),)


@pytest.mark.parametrize(
    "src",
    [
        "https://a.b/c.png",
        "//a.b/media/c.png",
        "/media/../admin/c.png",
        "/media/c.svg",
        "/media/c.png?d",
        "/media/.png",
        "media/c.png",
        "data:image/png;base64,AA",
        "/media//a.b/c.png",
        "/static/c.png",
        "/media/c.png\n",
        "",
    ],
)
def test_a_picture_that_was_not_uploaded_here_is_its_words(src: str) -> None:
    assert not is_picture(src)
    assert normal(Block((Span("a "), Image(src, "whale"), Image(src)))).inlines == (Span("a whale"),)


def test_a_picture_that_was_uploaded_here_stays() -> None:
    (picture,) = normal(Block((Image("/media/covers/ab-1.webp", "a\nwhale\x00"),))).inlines
    assert picture == Image("/media/covers/ab-1.webp", "a whale")


def test_a_block_is_empty_when_nothing_can_be_seen_of_it() -> None:
    assert is_empty(Block())
    assert is_empty(Block((Span(" \xa0"), HardBreak()), "quote"))
    assert not is_empty(Block(kind="break"))
    assert not is_empty(Block((Image("/media/a.png"),)))
    assert not is_empty(Block((Span("a"),)))


def test_normal_is_normal() -> None:
    for kind in ("paragraph", *LEVELS, "quote", "break"):
        once = normal(Block((Span("a\n\nb "), Image("x", "y"), HardBreak()), kind, 7, True))
        assert normal(once) == once
