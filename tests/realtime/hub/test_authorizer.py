"""What is asked about people: guests as one and for a second, everybody else together and each time."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

import pytest

from realtime import rooms as rooms_module
from realtime.hub import authorizer as module
from realtime.hub.authorizer import Authorizer
from realtime.hub.questions import Questions
from realtime.hub.threads import DatabaseThreads
from realtime.identity import ANONYMOUS, Identity
from realtime.namespaces import NAMESPACES, Namespace
from realtime.rooms import Grant, Room
from tests.realtime.app import namespaces as _namespaces  # noqa: F401  # declares them
from tests.realtime.app.events import HallRoom, VaultRoom

pytestmark = pytest.mark.django_db(transaction=True)

ADA = Identity(7, "ada", credential="jwt:7")
ONE, TWO = HallRoom(1), HallRoom(2)


class Policies:
    """Stands in for the rooms' policies; `asked` is who asked about which rooms."""

    def __init__(self) -> None:
        self.asked: list[tuple[Identity, list[Room]]] = []
        self.refused: set[Room] = set()

    def authorise(self, asked: list[tuple[Identity, tuple[Room, ...]]]) -> list[Mapping[Room, Grant | None]]:
        self.asked += [(identity, list(rooms)) for identity, rooms in asked]
        return [{room: None if room in self.refused else Grant() for room in rooms} for _, rooms in asked]


@pytest.fixture
def policies(monkeypatch: pytest.MonkeyPatch) -> Policies:
    policies = Policies()
    monkeypatch.setattr(module, "authorise_many", policies.authorise)
    return policies


@pytest.fixture
async def authorizer() -> AsyncIterator[Authorizer]:
    threads = DatabaseThreads("test", 1, keep=True)
    yield Authorizer(Questions(threads))
    await threads.stop()


async def test_guests_who_come_together_or_soon_after_cost_one_question(
    authorizer: Authorizer, policies: Policies
) -> None:
    answers = await asyncio.gather(*[authorizer.authorise(ANONYMOUS, [ONE, TWO]) for _ in range(3)])
    assert answers == [{ONE: Grant(), TWO: Grant()}] * 3
    assert await authorizer.authorise(ANONYMOUS, [TWO]) == {TWO: Grant()}
    assert policies.asked == [(ANONYMOUS, [ONE, TWO])]


async def test_a_guest_is_asked_about_anew_when_permission_may_have_ended(
    authorizer: Authorizer, policies: Policies
) -> None:
    assert (await authorizer.authorise(ANONYMOUS, [ONE, TWO]))[ONE]
    policies.refused.add(ONE)
    authorizer.forget(ONE)
    assert await authorizer.authorise(ANONYMOUS, [ONE, TWO]) == {ONE: None, TWO: Grant()}
    assert policies.asked[1:] == [(ANONYMOUS, [ONE])]


async def test_an_answer_that_a_revocation_overtook_is_not_kept(authorizer: Authorizer, policies: Policies) -> None:
    entering = asyncio.ensure_future(authorizer.authorise(ANONYMOUS, [ONE]))
    await asyncio.sleep(0)
    authorizer.forget(ONE)
    await entering
    await authorizer.authorise(ANONYMOUS, [ONE])
    assert len(policies.asked) == 2


async def test_a_guest_who_was_refused_is_asked_about_again(authorizer: Authorizer, policies: Policies) -> None:
    policies.refused.add(ONE)
    assert await authorizer.authorise(ANONYMOUS, [ONE]) == {ONE: None}
    policies.refused.clear()
    assert await authorizer.authorise(ANONYMOUS, [ONE]) == {ONE: Grant()}


async def test_what_guests_may_see_is_kept_for_a_second_and_no_longer(
    authorizer: Authorizer, policies: Policies, monkeypatch: pytest.MonkeyPatch
) -> None:
    await authorizer.authorise(ANONYMOUS, [ONE])
    loop, now = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    monkeypatch.setattr(loop, "time", lambda: now + 1.1)
    await authorizer.authorise(ANONYMOUS, [ONE])
    assert len(policies.asked) == 2


async def test_a_person_is_asked_about_each_time(authorizer: Authorizer, policies: Policies) -> None:
    for _ in range(2):
        assert await authorizer.authorise(ADA, [ONE]) == {ONE: Grant()}
    assert policies.asked == [(ADA, [ONE])] * 2


async def test_persons_who_come_together_share_the_questions_of_rooms_that_answer_for_many(
    authorizer: Authorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[list[tuple[Identity, Room]]] = []
    alone: list[Identity] = []

    def for_many(pairs: Sequence[tuple[Identity, Room]]) -> Mapping[tuple[Identity, Room], Grant | None]:
        together.append(list(pairs))
        return {(identity, room): Grant(identity.user_id or 0) for identity, room in pairs}

    def for_one(identity: Identity, rooms: Sequence[Room]) -> Mapping[Room, Grant | None]:
        alone.append(identity)
        return dict.fromkeys(rooms, Grant())

    vault = VaultRoom(1)
    people = [replace(ADA, user_id=user_id) for user_id in (1, 2, 3)]
    monkeypatch.setitem(rooms_module._POLICIES_FOR_MANY, HallRoom, for_many)
    monkeypatch.setitem(rooms_module._POLICIES, VaultRoom, for_one)
    answers = await asyncio.gather(*[authorizer.authorise(person, [ONE, vault]) for person in people])
    assert answers == [{ONE: Grant(person.user_id or 0), vault: Grant()} for person in people]
    assert together == [[(person, ONE) for person in people]]
    assert alone == people


async def test_a_guest_has_no_sign_in_that_could_end(authorizer: Authorizer, monkeypatch: pytest.MonkeyPatch) -> None:
    class Nobody:
        def still_valid(self, identities: list[Identity]) -> list[bool]:
            return [False for _ in identities]

    monkeypatch.setattr(module, "authenticator", Nobody)
    assert await authorizer.still_valid(ANONYMOUS)
    assert not await authorizer.still_valid(ADA)


async def test_each_hears_of_their_own_rooms_and_greeting_and_guests_of_the_guests(authorizer: Authorizer) -> None:
    said: list[Identity] = []

    def rooms(identity: Identity) -> list[Room]:
        said.append(identity)
        return [ONE] if identity.is_anonymous else [TWO]

    namespace = Namespace("/odd", auto_rooms=rooms)
    try:
        guests = await asyncio.gather(*[authorizer.auto_rooms(namespace, ANONYMOUS) for _ in range(3)])
        assert guests == [[ONE]] * 3
        assert await authorizer.auto_rooms(namespace, ADA) == [TWO]
        assert said == [ANONYMOUS, ADA]
        assert await authorizer.greeting(namespace, ADA) == ()
    finally:
        NAMESPACES.pop("/odd", None)
