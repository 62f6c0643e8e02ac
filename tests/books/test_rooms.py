"""Who may enter which room of the library, and what they hide there."""

import pytest

from books.events import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom
from books.models import Right
from books.services.credits import accept_credit, invite_person
from livrya.accounts.models import Block, Follow, User
from realtime.identity import ANONYMOUS, Identity
from realtime.people.redaction import Privacy
from realtime.rooms import Grant, Room, authorise, authorise_many
from tests.books.library import author_of, book, chapter, draft, somebody, worker_on


def identity(user: User | None) -> Identity:
    return ANONYMOUS if user is None else Identity(user_id=user.pk, is_staff=user.is_staff)


@pytest.mark.django_db
def test_an_unpublished_chapter_is_for_those_who_work_on_its_book() -> None:
    written = draft(book())
    room = ChapterRoom(written.pk)
    author, reader, staff = author_of(written.book), somebody(), somebody(is_staff=True, is_superuser=True)
    answers = authorise_many([(identity(person), [room]) for person in (author, reader, staff, None)])
    assert [answer[room] is not None for answer in answers] == [True, False, True, False]


@pytest.mark.django_db
def test_what_people_hide_and_do_not_see_is_each_ones_own() -> None:
    room = ChapterRoom(chapter(book()).pk)
    hiding, blocking, plain = somebody(hide_reading=True), somebody(), somebody(hide_typing=True)
    Block.objects.create(blocker=blocking, blocked=plain)
    people = [hiding, blocking, plain]
    assert [answer[room] for answer in authorise_many([(identity(person), [room]) for person in people])] == [
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


@pytest.mark.django_db
def test_a_book_is_entered_by_who_may_see_it() -> None:
    public, private = book(), book(visibility="private")
    rooms = [BookRoom(public.pk), BookRoom(private.pk), BookRoom(10_000)]
    for person, entered in ((None, [True, False, False]), (author_of(private), [True, True, False])):
        granted = authorise(identity(person), rooms)
        assert [granted[room] is not None for room in rooms] == entered


@pytest.mark.django_db
def test_a_draft_is_entered_by_who_works_on_the_book() -> None:
    written = draft(book())
    editor, seer = (
        worker_on(written.book, rights=Right.EDIT_DRAFTS),
        worker_on(written.book, rights=Right.VIEW_DASHBOARD),
    )
    staff = somebody(is_staff=True, is_superuser=True)
    room = DraftRoom(written.pk)
    people = (author_of(written.book), editor, staff, seer, somebody(), somebody(is_staff=True), None)
    answers = [authorise(identity(person), [room])[room] is not None for person in people]
    assert answers == [True, True, True, True, False, False, False]


@pytest.mark.django_db
def test_what_is_for_an_author_or_their_followers_is_for_nobody_else() -> None:
    author, fan, other = somebody(), somebody(), somebody(is_staff=True, is_superuser=True)
    Follow.objects.create(follower=fan, followed=author)
    own, followers = AuthorRoom(author.pk), FollowersRoom(author.pk)
    entered = {
        person: tuple(granted is not None for granted in authorise(identity(person), [own, followers]).values())
        for person in (author, fan, other, None)
    }
    assert entered == {author: (True, True), fan: (False, True), other: (False, False), None: (False, False)}
