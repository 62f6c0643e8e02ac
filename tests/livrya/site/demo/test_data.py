"""What the demo library consists of."""

import pytest

from books.languages import direction
from books.text import render
from livrya.site.demo.data import circles, people, serials, talk

pytestmark = pytest.mark.either_database


def test_the_serials_cover_what_a_library_has_to_bear():
    ours = serials()
    assert len(ours) >= 3
    assert {direction(serial.book.language) for serial in ours.values()} == {"ltr", "rtl"}
    assert "ja" in {serial.book.language for serial in ours.values()}
    assert any(len(serial.credits) > 2 for serial in ours.values())
    assert any(serial.book.warnings for serial in ours.values())
    chapters = [chapter for serial in ours.values() for chapter in serial.book.chapters]
    assert any(chapter.volume for chapter in chapters)
    lengths = sorted(len(chapter.text.split()) for chapter in chapters)
    assert lengths[0] < 10
    assert lengths[-1] > 700
    assert all(render(chapter.text) for chapter in chapters)


def test_everybody_who_is_named_is_one_of_its_people() -> None:
    known = {person.username for person in people()}
    assert len(known) == len(people())
    named = {part.username for serial in serials().values() for part in serial.credits}
    named |= {name for pair in talk().follows for name in pair}
    for readership in talk().books.values():
        named |= {*readership.subscribers, *readership.places, *readership.shelves}
        named |= {said.by for said in (*readership.reviews, *readership.comments)}
        named |= {reply.by for remark in readership.comments for reply in remark.replies}
    for circle in circles():
        named |= {circle.owner, *circle.moderators, *circle.members, *(said.by for said in circle.messages)}
    assert named <= known


def test_readers_are_only_where_there_is_a_chapter() -> None:
    for name, serial in serials().items():
        out = range(1, len(serial.book.chapters) + 1)
        readership = talk().books[name]
        assert {number for places in readership.places.values() for number, _ in places} <= set(out)
        assert {remark.chapter for remark in readership.comments} <= set(out)
