"""Paragraphs have ids that stay with them, however the text is written anew."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books.paragraphs import ID, carry_over, new_ids
from books.text import paragraphs
from tests.books.test_rendering import work

ONE = "Call me Ishmael, and let nobody ask how long ago it was."
TWO = "There now is your insular city of the Manhattoes, belted round by wharves."
THREE = "Circumambulate the city of a dreamy Sabbath afternoon, and what do you see?"
FOUR = "Once more: say you are in the country, in some high land of lakes."
OLD = [ONE, TWO, "***", THREE, FOUR]
IDS = ["one", "two", "break", "three", "four"]


def carried(*after: str, before: list[str] = OLD, ids: list[str] = IDS) -> tuple[list[str], list[str]]:
    """Returns the ids of the new text, "new" for each that was not there, and those that count as changed."""
    found = carry_over(ids, "\n\n".join(before), "\n\n".join(after))
    return ["new" if name not in ids else name for name in found.ids], found.changed


def test_new_ids_are_ids_and_no_two_alike() -> None:
    made = new_ids(1_000)
    assert len(set(made)) == 1_000
    assert all(ID.fullmatch(name) for name in made)
    assert new_ids(0) == []


def test_what_is_as_it_was_keeps_its_id_and_has_not_changed() -> None:
    assert carried(*OLD) == (IDS, [])


def test_what_is_put_in_moves_no_id() -> None:
    ids, changed = carried("A word before it all.", ONE, TWO, "And one between.", "***", THREE, FOUR)
    assert ids == ["new", "one", "two", "new", "break", "three", "four"]
    assert len(changed) == 2


def test_what_is_taken_out_takes_its_id_with_it() -> None:
    assert carried(ONE, "***", FOUR) == (["one", "break", "four"], [])


@pytest.mark.parametrize(
    "edited",
    [
        "There now is your insular city of the Manhattoes, belted round by its wharves.",
        "THERE NOW IS YOUR INSULAR CITY OF THE MANHATTOES — BELTED ROUND BY WHARVES!",
        "_There_ now is **your** insular city of the Manhattoes, belted round by wharves\\.",
        "There now is your city of the Manhattoes, and commerce surrounds it with her surf.",
        "There now is your insular city.",
    ],
)
def test_what_is_edited_keeps_its_id(edited: str) -> None:
    assert carried(ONE, edited, "***", THREE, FOUR) == (IDS, ["two"])
    ids, _ = carried("Something new stands here.", ONE, edited, "Here, too.", "***", THREE, FOUR)
    assert ids == ["new", "one", "two", "new", "break", "three", "four"]


def test_all_of_them_edited_at_once_keep_their_ids() -> None:
    after = [text.replace(" the ", " thy ").replace("it", "that") + " So." for text in OLD]
    assert carried(*after)[0] == ["one", "two", "new", "three", "four"]


def test_what_moves_keeps_its_id_and_has_changed() -> None:
    assert carried(THREE, ONE, TWO, "***", FOUR) == (["three", "one", "two", "break", "four"], ["three"])


def test_of_a_split_the_first_part_keeps_the_id() -> None:
    first, second = (
        "There now is your insular city of the Manhattoes,",
        "belted round by wharves as Indian isles by reefs.",
    )
    assert carried(ONE, first, second, "***", THREE, FOUR)[0] == ["one", "two", "new", "break", "three", "four"]
    # Also where the second part is the longer one.
    short, long = "Circumambulate the city of", "a dreamy Sabbath afternoon, and what do you see?"
    assert carried(ONE, TWO, "***", short, long, FOUR)[0] == ["one", "two", "break", "three", "new", "four"]


def test_of_what_is_joined_the_first_ones_id_is_kept() -> None:
    assert carried(f"{ONE} {TWO}", "***", THREE, FOUR)[0] == ["one", "break", "three", "four"]
    assert carried(ONE, TWO, "***", f"{THREE} {FOUR}")[0] == ["one", "two", "break", "three"]


@pytest.mark.parametrize("short", ["He was in the garden.", "She said that it was a cold day."])
def test_a_long_paragraph_is_no_short_one_for_its_small_words(short: str) -> None:
    long = (
        "When the night had come he walked out in the rain, and it was said that a man in the town was not the one "
        "whom she had known; the day was over."
    )
    assert carried(ONE, long, TWO, before=[ONE, short, TWO], ids=["1", "2", "3"])[0] == ["1", "new", "3"]
    assert carried(ONE, short, TWO, before=[ONE, long, TWO], ids=["1", "2", "3"])[0] == ["1", "new", "3"]
    both = f"{short} {long}"
    assert carried(ONE, both, TWO, before=[ONE, short, TWO], ids=["1", "2", "3"])[0] == ["1", "2", "3"]
    assert carried(ONE, short, long, before=[ONE, both], ids=["1", "2"])[0] == ["1", "2", "new"]


def test_lines_that_are_there_often_stay_beside_their_neighbours() -> None:
    old = [ONE, "Yes.", TWO, "Yes.", THREE, "Yes.", FOUR]
    ids = ["1", "yes1", "2", "yes2", "3", "yes3", "4"]
    found = carried(ONE, TWO, "Yes.", THREE, "No.", "Yes.", FOUR, before=old, ids=ids)
    assert found[0] == ["1", "2", "yes2", "3", "new", "yes3", "4"]


def test_scripts_without_spaces_are_compared_too() -> None:
    old = ["吾輩は猫である。名前はまだ無い。", "どこで生れたかとんと見当がつかぬ。"]
    assert carried("吾輩は猫である。名前は、まだ全く無い。", old[1], before=old, ids=["a", "b"]) == (["a", "b"], ["a"])
    arabic = ["كان يا ما كان في قديم الزمان ملك عظيم.", "وكانت له ابنة جميلة تحب البحر كثيرا."]
    assert carried("جديد.", arabic[0] + " نعم.", arabic[1], before=arabic, ids=["a", "b"])[0] == ["new", "a", "b"]


def test_a_text_that_was_written_past_the_services_gets_ids() -> None:
    found = carry_over(["one"], "\n\n".join(OLD), "\n\n".join(OLD))
    assert len(found.ids) == len(set(found.ids)) == len(OLD)
    assert found.ids[0] == "one"
    assert carry_over(IDS, "", ONE).ids[0] not in IDS


blocks = st.lists(
    st.sampled_from(["a", "b", "***", "c d", ONE, TWO, f"{ONE} And more.", THREE, f"{TWO} {THREE}"]), max_size=12
)


@given(blocks, blocks)
def test_every_paragraph_has_one_id_and_what_has_not_changed_is_what_it_was(
    before: list[str], after: list[str]
) -> None:
    ids = [f"p{at}" for at in range(len(before))]
    found = carry_over(ids, "\n\n".join(before), "\n\n".join(after))
    assert len(found.ids) == len(set(found.ids)) == len(paragraphs("\n\n".join(after)))
    assert set(found.changed) <= set(found.ids)
    was = dict(zip(ids, before, strict=True))
    kept = [name for name in found.ids if name not in found.changed]
    assert kept == sorted(kept, key=lambda name: ids.index(name))
    now = dict(zip(found.ids, after, strict=True))
    assert all(now[name] == was[name] for name in kept)


def letters(count: int, *, first: int = 0) -> str:
    return "\n\n".join("ab"[(first + number * number // 7) % 2] for number in range(count))


def words(count: int, salt: str) -> str:
    return "\n\n".join(f"w{number} x{number} {salt}{number} y{number * 7 % count}" for number in range(count))


def test_the_work_grows_with_the_paragraphs_and_no_faster() -> None:
    """1.8 KB of one letter each took three seconds."""
    for count in (600, 6_000):
        old, new = letters(count), letters(count, first=1)
        assert work(partial(carry_over, new_ids(count), old, new)) < 80 * count
    bounded = 25 * 40_000
    for count in (300, 6_000):
        old, new = words(count, "a"), words(count, "b")
        assert work(partial(carry_over, new_ids(count), old, new)) < 80 * count + bounded
