"""The checker of documents itself: writing that keeps the promises passes, and each breach is named."""

import pytest

from realtime.testing.writing import WriterRecord, Writing, words_of

pytestmark = pytest.mark.either_database

Two = tuple[Writing, WriterRecord, WriterRecord]


@pytest.fixture
def two() -> Two:
    """Two writers with two words each, all of them saved."""
    writing = Writing()
    ada, ben = writing.writer("ada"), writing.writer("ben")
    for writer in (ada, ben):
        writer.saved(writer.word(), writer.word())
    return writing, ada, ben


WHOLE = "In the beginning w1n1ew2n1e, then <b>w2n2e</b> and w1n2e."


def test_one_text_with_every_word_once_keeps_all_promises(two: Two) -> None:
    writing, ada, ben = two
    ada.shows(WHOLE)
    ben.shows(WHOLE)
    writing.check(WHOLE, published="In the beginning w1n1ew2n1e, then **w2n2e** and w1n2e.")
    assert ada.acknowledged == ada.typed == ["w1n1e", "w1n2e"]


def test_a_word_that_was_called_saved_and_is_not_in_the_log_breaks_s1_alone(two: Two) -> None:
    writing, *writers = two
    log = WHOLE.replace("w2n1e", "")
    for writer in writers:
        writer.shows(log)
    [breach] = writing.breaches(log, published=log)
    assert str(breach) == "S1 saved: w2n1e of ben was called saved, and is not in the log"
    with pytest.raises(AssertionError, match=r"^S1 saved"):
        writing.check(log)


def test_what_was_typed_and_never_called_saved_may_be_lost_with_its_copy(two: Two) -> None:
    writing, ada, _ = two
    lost = ada.word()
    assert writing.breaches(WHOLE) == []
    ada.shows(WHOLE)
    assert [str(breach) for breach in writing.breaches(WHOLE)] == [
        f"S2 nothing lost, nothing doubled: {lost} is missing in the copy of ada"
    ]


def test_a_saved_word_that_a_copy_lacks_breaks_s2(two: Two) -> None:
    writing, ada, ben = two
    ada.shows(WHOLE)
    ben.shows(WHOLE.replace("w1n2e", ""))
    first, second = writing.breaches(WHOLE)
    assert first.message == "w1n2e is missing in the copy of ben"
    assert [first.promise, second.promise] == ["S2", "S3"]


def test_a_word_that_stands_twice_breaks_s2_wherever_it_stands(two: Two) -> None:
    writing, ada, _ = two
    doubled = WHOLE + "w1n1e"
    ada.shows(doubled)
    assert [breach.message for breach in writing.breaches(doubled, published=doubled)] == [
        "w1n1e stands 2 times in the log",
        "w1n1e stands 2 times in the copy of ada",
        "w1n1e stands 2 times in what is published",
    ]


def test_an_unsaved_word_that_stands_twice_breaks_s2(two: Two) -> None:
    writing, ada, _ = two
    word = ada.word()
    [breach] = writing.breaches(WHOLE + word * 2)
    assert breach.message == f"{word} stands 2 times in the log"


def test_a_word_that_somebody_wrote_into_is_missing(two: Two) -> None:
    writing, ada, _ = two
    torn = WHOLE.replace("w1n1e", "w1" + ada.word() + "n1e")
    assert {breach.promise for breach in writing.breaches(torn)} == {"S1"}


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        (WHOLE.replace("<b>", "<i>").replace("</b>", "</i>"), "w2n1e, then <i>w2n2e"),
        (WHOLE.replace("w1n1ew2n1e", "w2n1ew1n1e"), "beginning w2n1ew1n1e"),
        (WHOLE[:-1], "and w1n2e…"),
    ],
    ids=["marks", "order", "end"],
)
def test_a_copy_that_is_another_one_breaks_s3_and_shows_where(two: Two, other: str, shown: str) -> None:
    writing, ada, ben = two
    ada.shows(WHOLE)
    ben.shows(other)
    [breach] = writing.breaches(WHOLE)
    assert breach.promise == "S3"
    assert breach.message.startswith("the copy of ben is not what the log makes")
    assert shown in breach.message


def test_what_is_published_must_have_the_words_in_their_order(two: Two) -> None:
    writing, *_ = two
    [breach] = writing.breaches(WHOLE, published=" ".join(reversed(words_of(WHOLE))))
    assert breach.promise == "S3"


def test_what_is_published_must_have_every_saved_word(two: Two) -> None:
    writing, *_ = two
    promises = [breach.promise for breach in writing.breaches(WHOLE, published=WHOLE.replace("w1n1e", ""))]
    assert promises == ["S2", "S3"]


def test_saved_again_is_no_harm_and_everything_typed_can_be_saved_at_once(two: Two) -> None:
    _, ada, _ = two
    ada.word()
    assert ada.acknowledged == ["w1n1e", "w1n2e"]
    ada.all_saved()
    ada.saved("w1n1e")
    assert ada.acknowledged == ada.typed
