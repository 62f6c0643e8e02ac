"""Many people before many books: the same answers as for each by itself, in queries that do not grow with them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import product

import pytest
from django.utils import timezone

from benchmarks.asking import Asked, counted
from books.events import BookRoom, ChapterRoom
from books.models import Book, Invitation, Subscription, Visibility
from books.policies.crowds import Crowd
from books.policies.people import visible_to
from livrya.accounts.models import Block, Follow, TokenFamily, User
from livrya.accounts.services import tokens
from realtime import UserRoom
from realtime.errors import Unauthenticated
from realtime.hub import Hub, current_hub
from realtime.identity import ANONYMOUS, Identity, authenticator
from realtime.namespaces import NAMESPACES
from realtime.people import online_among
from realtime.people.part import People
from realtime.sessions.authentication import authenticate, credentials_of
from realtime.sessions.session import Session
from realtime.transport.connection import FramedConnection
from realtime.transport.wire import JSON
from tests.books.library import book, chapter, somebody, worker_on
from tests.realtime.hub.test_cost import Swallowed

CROWD, ROOMS = 60, 20


def identity(user: User | None) -> Identity:
    return ANONYMOUS if user is None else Identity(user_id=user.pk, is_staff=user.is_staff)


@pytest.mark.django_db
def test_a_crowd_sees_what_each_of_it_sees() -> None:
    public, private, hidden = book(), book(visibility="private"), book(visibility="private")
    for one in (private, hidden):
        invited = somebody()
        Invitation.objects.create(book=one, user=invited, accepted_at=timezone.now())
        Invitation.objects.create(book=one, user=somebody())
        worker_on(one)
    Book.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    taken_down = book()
    Book.objects.filter(pk=taken_down.pk).update(hidden_at=timezone.now())
    somebody(is_staff=True)
    somebody(is_staff=True, is_superuser=True)
    somebody(is_active=False)
    assert {one.visibility for one in Book.objects.all()} == {Visibility.PUBLIC, Visibility.PRIVATE}
    viewers = [None, *User.objects.all()]
    books = [public.pk, private.pk, hidden.pk, taken_down.pk, 10_000]
    crowd = Crowd(map(identity, viewers), books)
    for viewer in viewers:
        alone = set(Book.objects.filter(visible_to(viewer)).values_list("pk", flat=True))
        assert {pk for pk in books if crowd.sees(identity(viewer), pk)} == alone, viewer


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    running = await current_hub()
    yield running
    await running.stop()


@pytest.fixture
def streams() -> Iterator[list[Swallowed]]:
    made = [Swallowed() for _ in range(CROWD)]
    yield made
    for stream in made:
        stream.end()


@pytest.mark.django_db(transaction=True)
async def test_a_storm_of_readers_costs_queries_by_rooms_and_not_by_readers(hub: Hub, streams: list[Swallowed]) -> None:
    def prepare() -> tuple[list[Identity], list[str]]:
        access = [tokens.issue(user=somebody()).access for _ in range(CROWD)]
        return [*map(authenticator().from_token, access)], [BookRoom(book().pk).name for _ in range(ROOMS)]

    people, rooms = await asyncio.to_thread(prepare)
    sessions = []
    for number, (person, stream) in enumerate(zip(people, streams, strict=True)):
        connection = FramedConnection(hub.write_batch, stream, limit=1_000_000, address=f"10.0.0.{number}")
        hub.add_connection(connection)
        session = Session(hub, connection, JSON, NAMESPACES["/books"], person)
        await session.open()
        sessions.append(session)
    with counted() as asked:
        outcomes = await asyncio.gather(*[session.resume(dict.fromkeys(rooms)) for session in sessions])
    assert all("position" in outcome[room] for outcome, room in product(outcomes, rooms))
    assert len(asked.texts) <= 2 * ROOMS
    for session in sessions:
        await session.close(clean=True)
        hub.remove_connection(session.connection)


READERS = "/"
BOOKS_OF_EACH = 10
NEIGHBOURS = 2


def readers(count: int) -> tuple[list[str], list[ChapterRoom]]:
    """Returns access tokens of people who follow books and their neighbours, and the chapters that they read."""
    library = [book() for _ in range(ROOMS)]
    people = [somebody() for _ in range(count)]
    for number, person in enumerate(people):
        Subscription.objects.bulk_create(
            Subscription(book=library[(number + place) % ROOMS], user=person) for place in range(BOOKS_OF_EACH)
        )
        for neighbour in (people[number - 1], people[(number + 1) % count]):
            Follow.objects.get_or_create(follower=person, followed=neighbour)
    Block.objects.create(blocker=people[0], blocked=people[count // 2])
    chapters = [ChapterRoom(chapter(one).pk) for one in library]
    return [tokens.issue(user=person).access for person in people], [chapters[n % ROOMS] for n in range(count)]


async def arrive(hub: Hub, token: str, chapter_read: ChapterRoom, stream: Swallowed) -> Session:
    """Comes as a page does: signs in, receives its own rooms, joins a chapter."""
    connection = FramedConnection(hub.write_batch, stream, limit=1_000_000, address="127.0.0.1")
    hub.add_connection(connection)
    scope = {"headers": [(b"authorization", b"Bearer " + token.encode())]}
    person = await authenticate(hub, connection, credentials_of(scope), scope)
    session = Session(hub, connection, JSON, NAMESPACES[READERS], person)
    await session.open()
    await session.join(chapter_read, present=True)
    return session


async def came_at_once(hub: Hub, streams: list[Swallowed]) -> Asked:
    """Returns what is asked while as many people come as there are streams, until their contacts have been notified."""
    access, chapters = await asyncio.to_thread(readers, len(streams))
    with counted() as asked:
        coming = [arrive(hub, *one) for one in zip(access, chapters, streams, strict=True)]
        sessions = await asyncio.gather(*coming)
        people = {session.identity.user_id for session in sessions}
        while await online_among(people) != people or _contacts_are_being_notified(hub):  # noqa: ASYNC110  # not announced
            await asyncio.sleep(0.01)
    for session in sessions:
        assert len(session.memberships) == 4 + BOOKS_OF_EACH + NEIGHBOURS + 1
        await session.close(clean=True)
        hub.remove_connection(session.connection)
    return asked


def _contacts_are_being_notified(hub: Hub) -> bool:
    return any(part.online._notifying for part in hub.parts if isinstance(part, People))


@pytest.mark.either_database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [CROWD // 4, CROWD])
async def test_a_crowd_of_people_who_arrive_at_once_costs_no_more_than_a_few_of_them(
    hub: Hub, count: int, streams: list[Swallowed]
) -> None:
    asked = await came_at_once(hub, streams[:count])
    calls = {name: number for name, number in asked.calls.items() if not name.startswith("realtime.log.changes.")}
    assert sum(calls.values()) <= 16, calls
    assert sum(asked.transactions.values()) <= 60, asked.transactions  # SQLite's PRAGMAs count as such
    assert len([text for text in asked.texts if text.startswith("SELECT")]) <= 80, asked.statements


@pytest.mark.either_database
@pytest.mark.django_db(transaction=True)
async def test_who_may_not_come_and_who_leaves_half_way_take_nothing_from_the_others(
    hub: Hub, streams: list[Swallowed]
) -> None:
    access, chapters = await asyncio.to_thread(readers, 10)
    claims = await asyncio.to_thread(tokens.verify, access[3])
    await asyncio.to_thread(TokenFamily.objects.filter(pk=claims.family_id).delete)
    coming = [
        asyncio.create_task(arrive(hub, *one)) for one in zip(access, chapters, streams[: len(access)], strict=True)
    ]
    while not any(state.name == UserRoom(claims.user.pk + 2).name for state in hub.rooms.values()):  # noqa: ASYNC110
        await asyncio.sleep(0)
    coming[5].cancel()
    arrived = await asyncio.gather(*coming, return_exceptions=True)
    assert isinstance(arrived[3], Unauthenticated)
    assert isinstance(arrived[5], asyncio.CancelledError)
    there = [session for session in arrived if isinstance(session, Session)]
    assert len(there) == len(access) - 2
    for session in there:
        assert len(session.memberships) == 4 + BOOKS_OF_EACH + NEIGHBOURS + 1
        await session.close(clean=True)
    for connection in list(hub.connections.values()):
        hub.remove_connection(connection)
