"""What is different between two texts: paragraphs that came, went, moved or changed, and in these whole words."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from books.drafting import aligning
from books.drafting.blocks import Block, HardBreak, Image, Inline, Span, normal
from books.drafting.comparing import Compared, Piece, compare
from tests.books.drafting.made import LINE, blocks, edited, inlines, paragraph

pytestmark = pytest.mark.either_database

BOLD = frozenset({"bold"})


def said(one: Compared) -> str:
    """Returns a paragraph with signs around what is not kept."""
    signs = {"kept": "{}", "removed": "[-{}-]", "added": "[+{}+]", "restyled": "[*{}*]"}
    return "".join(signs[piece.fate].format("".join(map(text_of, piece.inlines))) for piece in one.pieces)


def text_of(inline: Inline) -> str:
    return inline.text if isinstance(inline, Span) else "⏎" if isinstance(inline, HardBreak) else f"<{inline.alt}>"


def of(pieces: tuple[Piece, ...], *fates: str) -> tuple[Inline, ...]:
    """Returns what these pieces say together."""
    return normal(Block(tuple(chain.from_iterable(piece.inlines for piece in pieces if piece.fate in fates)))).inlines


@settings(deadline=None)
@given(st.lists(blocks(), max_size=6), st.data())
def test_both_texts_can_be_told_from_what_is_different(before: list[Block], data: st.DataObject) -> None:
    after = data.draw(edited(before, inlines) | st.lists(blocks(), max_size=6))
    found = compare(before, after)
    assert [one.after for one in found if one.after] == after
    assert sorted(map(repr, (one.before for one in found if one.before))) == sorted(map(repr, before))
    for one in found:
        assert (one.before is None, one.after is None) == (one.fate == "added", one.fate == "removed")
        if one.after:
            assert of(one.pieces, "kept", "added", "restyled") == one.after.inlines
        if one.before:
            words = [text_of(inline) for inline in of(one.pieces, "kept", "removed", "restyled")]
            assert "".join(words) == "".join(map(text_of, one.before.inlines))
        assert (one.fate == "kept") <= all(piece.fate == "kept" for piece in one.pieces)


def test_what_is_the_same_is_kept() -> None:
    text = [paragraph(LINE, id="paragraph1"), paragraph(kind="break"), paragraph()]
    assert {one.fate for one in compare(text, [paragraph(LINE), paragraph(kind="break"), paragraph()])} == {"kept"}
    assert compare([], []) == []


def test_paragraphs_come_and_go_in_their_places() -> None:
    before = [paragraph(f"{at} {LINE}") for at in range(4)]
    after = [before[0], paragraph("New."), *before[2:]]
    assert [(one.fate, one.is_moved) for one in compare(before, after)] == [
        ("kept", False),
        ("removed", False),
        ("added", False),
        ("kept", False),
        ("kept", False),
    ]


def test_what_moved_says_so_in_both_places() -> None:
    before = [paragraph("A first one, short."), paragraph(LINE), paragraph("A third one, as short.")]
    found = compare(before, [before[1], before[2], before[0]])
    assert [(one.fate, one.is_moved) for one in found] == [
        ("removed", True),
        ("kept", False),
        ("kept", False),
        ("added", True),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("the cat sat", "the cats sat", "the [-cat-][+cats+] sat"),
        ("the quick fox", "the quick red fox", "the quick [+red +]fox"),
        ("one, two", "one two", "one[-,-] two"),
        ("one two three", "four five six", "[-one two three-][+four five six+]"),
        ("他说：好。", "他又说：很好。", "他[+又+]说：[+很+]好。"),
        ("سلام عليكم", "سلام عليك", "سلام [-عليكم-][+عليك+]"),
        ("", "new", "[+new+]"),
        ("old", "", "[-old-]"),
    ],
)
def test_whole_words_are_shown(before: str, after: str, expected: str) -> None:
    (found,) = compare([paragraph(before, id="paragraph1")], [paragraph(after, id="paragraph1")])
    assert (found.fate, said(found)) == ("changed", expected)


def test_other_marks_are_another_look_of_the_same_words() -> None:
    before = [paragraph("It was ", Span("very", BOLD), " dark.")]
    (found,) = compare(before, [paragraph("It ", Span("was very", BOLD), " dark.")])
    assert said(found) == "It [*was *]very dark."
    assert of(found.pieces, "restyled") == (Span("was ", BOLD),)
    (found,) = compare(before, [paragraph("It was very dark.", kind="quote")])
    assert said(found) == "It was [*very*] dark."


def test_another_kind_is_a_change_of_no_word() -> None:
    (found,) = compare([paragraph(LINE)], [paragraph(LINE, kind="heading", level=2)])
    assert (found.fate, said(found)) == ("changed", LINE)


def test_breaks_and_images_come_and_go() -> None:
    before = [paragraph("one", HardBreak(), "two", Image("/media/a.png", "a"), id="paragraph1")]
    after = [paragraph("one two", Image("/media/a.png", "a whale"), HardBreak(), id="paragraph1")]
    (found,) = compare(before, after)
    assert said(found) == "one[-⏎-][+ +]two[-<a>-][+<a whale>⏎+]"


def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    subsequence = aligning._subsequence

    def counting(old: list[str], new: list[str]) -> list[tuple[int, int]]:
        compared.append(len(old) * len(new))
        return subsequence(old, new)

    monkeypatch.setattr(aligning, "_MOST_PAIRS_AT_ONCE", 10_000)
    monkeypatch.setattr(aligning, "_subsequence", counting)
    before, after = ("a b " * 5_000, "b a c " * 5_000)
    compare([paragraph(before, id="paragraph1")], [paragraph(after, id="paragraph1")])
    assert sum(compared) <= 20_000
