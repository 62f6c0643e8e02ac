"""Who may enter the rooms of the library; each answers for many rooms in a few queries."""

from collections.abc import Sequence

from books.events.rooms import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom
from books.models import Chapter, ChapterState
from books.policies.crowds import Crowd
from livrya.accounts.models import Follow, User
from livrya.accounts.policies import staff_may
from livrya.accounts.selectors import blocked_ids
from realtime.identity import Identity
from realtime.people import Privacy
from realtime.rooms import Grant, authorises, authorises_many


@authorises_many(BookRoom)
def may_enter_books(asked: Sequence[tuple[Identity, BookRoom]]) -> dict[tuple[Identity, BookRoom], Grant | None]:
    """Whoever may see the book."""
    crowd = Crowd((identity for identity, _ in asked), (room.book_id for _, room in asked))
    return {
        (identity, room): crowd.reading_grant(identity, room.book_id) if crowd.sees(identity, room.book_id) else None
        for identity, room in asked
    }


@authorises_many(ChapterRoom)
def may_enter_chapters(
    asked: Sequence[tuple[Identity, ChapterRoom]],
) -> dict[tuple[Identity, ChapterRoom], Grant | None]:
    """Whoever may read the chapter; before publication, those who work on the book."""
    chapters = Chapter.objects.filter(pk__in={room.chapter_id for _, room in asked})
    found = {pk: (book, state) for pk, book, state in chapters.values_list("pk", "book_id", "state")}
    crowd = Crowd((identity for identity, _ in asked), (book for book, _ in found.values()))

    def grant(identity: Identity, chapter_id: int) -> Grant | None:
        if chapter_id not in found:
            return None
        book, state = found[chapter_id]
        is_out = state == ChapterState.PUBLISHED
        if not crowd.sees(identity, book) or not (is_out or crowd.works_on(identity, book)):
            return None
        return crowd.reading_grant(identity, book, is_out=is_out)

    return {(identity, room): grant(identity, room.chapter_id) for identity, room in asked}


@authorises(DraftRoom)
def may_enter_draft(identity: Identity, rooms: Sequence[DraftRoom]) -> dict[DraftRoom, Grant | None]:
    """Those who work on the book: who may not change the chapter may read it and see who writes."""
    person = _person(identity)
    if person is None:
        return {}
    chapters = Chapter.objects.filter(pk__in=[room.chapter_id for room in rooms])
    if not staff_may(person, "books.change_chapter"):
        chapters = chapters.filter(book__in=person.credits.filter(accepted_at__isnull=False).values("book_id"))
    found = set(chapters.values_list("pk", flat=True))
    privacy = Privacy(
        counted=not person.hide_online, types_openly=not person.hide_typing, hidden_ids=blocked_ids(person)
    )
    grant = Grant(view=privacy)
    return {room: grant if room.chapter_id in found else None for room in rooms}


@authorises(AuthorRoom)
def may_enter_author(identity: Identity, rooms: Sequence[AuthorRoom]) -> dict[AuthorRoom, Grant | None]:
    """The author alone."""
    return {room: Grant() if room.author_id == identity.user_id else None for room in rooms}


@authorises_many(FollowersRoom)
def may_enter_followers(
    asked: Sequence[tuple[Identity, FollowersRoom]],
) -> dict[tuple[Identity, FollowersRoom], Grant | None]:
    """Followers of the author, and the author."""
    people, authors = {identity.user_id for identity, _ in asked}, {room.author_id for _, room in asked}
    follows = Follow.objects.filter(follower__in=people - {None}, followed__in=authors)
    allowed = set(follows.values_list("follower_id", "followed_id"))
    return {
        (identity, room): Grant()
        if room.author_id == identity.user_id or (identity.user_id, room.author_id) in allowed
        else None
        for identity, room in asked
    }


def _person(identity: Identity) -> User | None:
    return User.objects.filter(pk=identity.user_id, is_active=True).first() if identity.user_id else None
