"""What one process itself holds of a room's people, and what it can answer without the store."""

import pytest

from realtime.people.presence.local import LocalPerson, LocalRoom, SessionKey
from realtime.people.presence.store import Counts, Holding, Present, Roster, State
from realtime.testing.clock import FakeClock

pytestmark = pytest.mark.either_database

ROOM = "hall:1"
TAB, PHONE = SessionKey("tab", "/"), SessionKey("phone", "/")


def ada(room: LocalRoom, *, listed: bool = True) -> LocalPerson:
    person = room.people[7] = LocalPerson(7, "ada", "Ada", listed)
    return person


def test_a_person_is_here_while_one_of_their_pages_is() -> None:
    person = ada(LocalRoom(ROOM))
    assert person.state is State.GONE
    person.sessions = {TAB: True, PHONE: False}
    assert person.state is State.HERE
    person.sessions[PHONE] = True
    assert person.state is State.AWAY
    assert person.as_present() == Present("ada", "Ada", is_away=True)


@pytest.mark.parametrize(("cut_away", "state"), [(False, State.CUT), (True, State.CUT_AWAY)])
def test_a_person_is_cut_for_the_grace_and_gone_after_it(cut_away: bool, state: State) -> None:
    clock, ended = FakeClock(), []
    person = LocalPerson(7, "ada", "Ada", True, cut_away=cut_away)
    person.grace = clock.call_later(30, lambda: ended.append(7))
    assert person.state is state
    assert person.as_present().is_away is cut_away
    person.end_grace()
    assert person.state is State.GONE
    clock.advance(60)
    assert ended == []


def test_a_session_counts_its_person_until_it_is_taken_out() -> None:
    room = LocalRoom(ROOM)
    person = ada(room)
    room.put_in(TAB, person, True)
    assert room.person_of(TAB) is person
    assert room.person_of(PHONE) is None
    assert room.take_out(TAB, person) is True
    assert room.person_of(TAB) is None
    assert person.sessions == {}


def test_what_is_said_to_the_store_is_what_is_held_now() -> None:
    room = LocalRoom(ROOM)
    assert room.holding(7) == Holding(ROOM, 7, "", State.GONE)
    room.put_in(TAB, ada(room, listed=False), False)
    assert room.holding(7) == Holding(ROOM, 7, "ada", State.HERE, False, "Ada")


def test_a_room_is_empty_when_nobody_is_counted_or_listens() -> None:
    room = LocalRoom(ROOM)
    assert (room.counts_nobody, room.empty) == (True, True)
    room.uncounted.add(TAB)
    assert (room.counts_nobody, room.empty) == (True, False)
    room.guests.add(PHONE)
    assert (room.counts_nobody, room.empty) == (False, False)


def test_older_counts_do_not_replace_newer_ones() -> None:
    room = LocalRoom(ROOM)
    for revision, latest in ((3, 3), (2, 3), (4, 4)):
        room.take(Counts(user_count=revision, revision=revision))
        assert room.latest == Counts(user_count=latest, revision=latest)


def test_its_own_answer_adds_who_is_here_to_who_was_there_last() -> None:
    room = LocalRoom(ROOM, last_roster=Roster(Counts(2, 1, 5, 5), {7: Present("ada"), 9: Present("carl")}))
    room.put_in(TAB, ada(room), True)
    room.people[8] = LocalPerson(8, "bob", "Bob", listed=False)
    room.guests |= {TAB, PHONE}
    assert room.own_answer() == Roster(Counts(2, 3), {7: Present("ada", "Ada", is_away=True), 9: Present("carl")})


def test_where_there_were_too_many_to_list_the_numbers_stand() -> None:
    room = LocalRoom(ROOM, last_roster=Roster(Counts(500, 1, 5, 5), None))
    ada(room)
    assert room.own_answer() == Roster(Counts(500, 1, 5, 5), None)
