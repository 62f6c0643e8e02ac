"""Who may enter the rooms of the library; each answers for many rooms in a few queries."""

from collections.abc import Sequence

from django.db.models import F, QuerySet

from books.events.rooms import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom
from books.models import Book, Chapter, ChapterState, Credit, Right
from books.policies.people import visible_to
from livrya.accounts.models import Follow, User
from livrya.accounts.selectors import blocked_ids
from realtime.identity import Identity
from realtime.rooms import Grant, authorises

_EDITING = Right.EDIT_DRAFTS | Right.EDIT_CHAPTERS


@authorises(BookRoom)
def may_enter_book(identity: Identity, rooms: Sequence[BookRoom]) -> dict[BookRoom, Grant | None]:
    """Whoever may see the book."""
    person = _person(identity)
    asked = [room.book_id for room in rooms]
    visible = set(Book.objects.filter(visible_to(person), pk__in=asked).values_list("pk", flat=True))
    grant = _reading(person)
    return {room: grant if room.book_id in visible else None for room in rooms}


@authorises(ChapterRoom)
def may_enter_chapter(identity: Identity, rooms: Sequence[ChapterRoom]) -> dict[ChapterRoom, Grant | None]:
    """Whoever may read the chapter; before publication, those who work on the book."""
    person = _person(identity)
    chapters = Chapter.objects.filter(visible_to(person, "book__"), pk__in=[room.chapter_id for room in rooms])
    visible = set(chapters.filter(state=ChapterState.PUBLISHED).values_list("pk", flat=True))
    if any(room.chapter_id not in visible for room in rooms):
        visible |= set(_worked_on(person, chapters).values_list("pk", flat=True))
    grant = _reading(person)
    return {room: grant if room.chapter_id in visible else None for room in rooms}


@authorises(DraftRoom)
def may_enter_draft(identity: Identity, rooms: Sequence[DraftRoom]) -> dict[DraftRoom, Grant | None]:
    """Those who may edit the chapter."""
    person = _person(identity)
    if person is None:
        return {}
    chapters = Chapter.objects.filter(pk__in=[room.chapter_id for room in rooms])
    editable = set(_worked_on(person, chapters, _EDITING).values_list("pk", flat=True))
    grant = Grant(listed=not person.hide_online, types_openly=not person.hide_typing, unseen=blocked_ids(person))
    return {room: grant if room.chapter_id in editable else None for room in rooms}


@authorises(AuthorRoom)
def may_enter_author(identity: Identity, rooms: Sequence[AuthorRoom]) -> dict[AuthorRoom, Grant | None]:
    """The author alone."""
    return {room: Grant() if room.author_id == identity.user_id else None for room in rooms}


@authorises(FollowersRoom)
def may_enter_followers(identity: Identity, rooms: Sequence[FollowersRoom]) -> dict[FollowersRoom, Grant | None]:
    """Followers of the author, and the author."""
    asked = [room.author_id for room in rooms]
    followed = set(
        Follow.objects.filter(follower_id=identity.user_id, followed_id__in=asked).values_list("followed_id", flat=True)
    )
    allowed = followed | {identity.user_id}
    return {room: Grant() if room.author_id in allowed else None for room in rooms}


def _person(identity: Identity) -> User | None:
    return User.objects.filter(pk=identity.user_id, is_active=True).first() if identity.user_id else None


def _reading(person: User | None) -> Grant:
    if person is None:
        return Grant()
    hides = person.hide_online or person.hide_reading
    return Grant(listed=not hides, types_openly=not person.hide_typing, unseen=blocked_ids(person))


def _worked_on(person: User | None, chapters: QuerySet[Chapter], rights: int = 0) -> QuerySet[Chapter]:
    if person is None:
        return chapters.none()
    if person.is_staff:
        return chapters
    credits = Credit.objects.filter(user=person, accepted_at__isnull=False)
    if rights:
        credits = credits.annotate(_held=F("rights").bitand(rights)).exclude(_held=0)
    return chapters.filter(book__in=credits.values("book_id"))
