"""Many people before many books: the same answers as for each by itself, in queries that do not grow with them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from books.events import BookRoom, ChapterRoom, DraftRoom
from books.models import Book, Invitation, Right, Visibility
from books.policies.crowds import Crowd
from books.policies.people import visible_to
from books.services.credits import accept_credit, invite_person
from livrya.accounts.models import Block, User
from livrya.accounts.services import tokens
from realtime.hub import Hub, current_hub
from realtime.identity import ANONYMOUS, Identity, authenticator
from realtime.namespaces import NAMESPACES
from realtime.people.redaction import Privacy
from realtime.rooms import Grant, Room, authorise, authorise_many
from realtime.sessions.session import Session
from realtime.transport.connection import FramedConnection
from realtime.transport.wire import JSON
from tests.books.library import author_of, book, chapter, draft, somebody, worker_on
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


@pytest.mark.django_db
def test_an_unpublished_chapter_is_for_those_who_work_on_its_book() -> None:
    written = draft(book())
    room = ChapterRoom(written.pk)
    author, reader, staff = author_of(written.book), somebody(), somebody(is_staff=True, is_superuser=True)
    answers = authorise_many([(identity(person), room) for person in (author, reader, staff, None)])
    assert [answer is not None for answer in answers] == [True, False, True, False]


@pytest.mark.django_db
def test_what_people_hide_and_do_not_see_is_each_ones_own() -> None:
    room = ChapterRoom(chapter(book()).pk)
    hiding, blocking, plain = somebody(hide_reading=True), somebody(), somebody(hide_typing=True)
    Block.objects.create(blocker=blocking, blocked=plain)
    people = [hiding, blocking, plain]
    assert authorise_many([(identity(person), room) for person in people]) == [
        Grant(view=Privacy(listed=False)),
        Grant(view=Privacy(hidden_ids=frozenset({plain.pk}))),
        Grant(view=Privacy(types_openly=False, hidden_ids=frozenset({blocking.pk}))),
    ]
    assert authorise(identity(hiding), [room]) == {room: Grant(view=Privacy(listed=False))}


@pytest.mark.django_db
def test_who_hides_is_a_guest_where_guests_may_be_and_elsewhere_nobody() -> None:
    public, private = book(), book(visibility="private")
    unpublished = draft(public)
    hiding = worker_on(public, rights=Right.EDIT_DRAFTS)
    invitation = invite_person(
        actor=None, book_id=private.pk, user_id=hiding.pk, kind="editor", rights=Right.EDIT_DRAFTS
    )
    accept_credit(actor=hiding, credit_id=invitation.pk)
    User.objects.filter(pk=hiding.pk).update(hide_online=True)
    guest, nobody = Grant(view=Privacy(listed=False)), Grant(view=Privacy(counted=False))
    expected: dict[Room, Grant] = {
        BookRoom(public.pk): guest,
        BookRoom(private.pk): nobody,
        ChapterRoom(chapter(public).pk): guest,
        ChapterRoom(chapter(private).pk): nobody,
        ChapterRoom(unpublished.pk): nobody,
        DraftRoom(unpublished.pk): nobody,
    }
    assert authorise(identity(hiding), expected) == expected


@pytest.fixture
async def hub(transactional_db: None) -> AsyncIterator[Hub]:
    running = await current_hub()
    yield running
    await running.stop()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collects every statement that any thread executes, but for those that only look what is new."""
    statements: list[str] = []
    execute = CursorWrapper.execute

    def counting(self: CursorWrapper, sql: str, params: Any = None) -> Any:
        statements.append(sql)
        return execute(self, sql, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", counting)
        yield statements


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
    with counted() as statements:
        outcomes = await asyncio.gather(*[session.resume(dict.fromkeys(rooms)) for session in sessions])
    assert all("position" in outcome[room] for outcome, room in product(outcomes, rooms))
    assert len(statements) <= 2 * ROOMS
    for session in sessions:
        await session.close(clean=True)
        hub.remove_connection(session.connection)
