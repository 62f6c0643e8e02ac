"""Blocks are known again by their ids, or by what they say."""

import pytest

from books.drafting.pairing import in_order, pairs
from tests.books.drafting.made import LINE, paragraph

pytestmark = pytest.mark.either_database


def test_ids_count_more_than_words() -> None:
    old = [paragraph(LINE, id="paragraph1"), paragraph("Another one.", id="paragraph2")]
    new = [paragraph(LINE, id="paragraph2"), paragraph("Another one.", id="paragraph1")]
    assert pairs(old, new) == [(0, 1), (1, 0)]
    assert len(in_order(pairs(old, new))) == 1


def test_without_ids_words_count_and_the_kind_does_not() -> None:
    old = [paragraph(LINE, id="paragraph1"), paragraph(kind="break"), paragraph("Another one.", id="paragraph2")]
    new = [
        paragraph("New."),
        paragraph(LINE, kind="heading", level=2),
        paragraph(kind="break"),
        paragraph("Another one."),
    ]
    assert pairs(old, new) == [(1, 0), (2, 1), (3, 2)]


def test_what_has_no_id_is_known_by_its_words_beside_what_has() -> None:
    old = [paragraph("First.", id="paragraph1"), paragraph(LINE, id="paragraph2"), paragraph("Last.", id="paragraph3")]
    new = [paragraph("Other.", id="paragraph1"), paragraph(LINE.replace("years", "winters")), paragraph("End.")]
    assert pairs(old, new) == [(0, 0), (1, 1)]


def test_of_a_text_that_is_the_same_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr("books.drafting.pairing.pair", lambda old, new, known: seen.append(len(old) + len(new)) or {})
    old = [paragraph(f"{at} {LINE}", id=f"paragraph{at}") for at in range(100)]
    new = [paragraph(f"{at} {LINE}") for at in range(100)]
    new[50] = paragraph("Other words.")
    assert pairs(old, new) == [(at, at) for at in range(100) if at != 50]
    assert seen == [2]
