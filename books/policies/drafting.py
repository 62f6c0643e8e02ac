"""Who may do what with the draft of a chapter."""

from collections.abc import Mapping, Sequence

from books.models import Chapter, Credit, Right
from books.policies.people import may, require
from livrya.accounts.models import User
from livrya.accounts.policies import staff_may
from realtime.documents import Role
from realtime.identity import Identity

_STAFF = "books.change_chapter"


def require_writing(actor: User | None, chapter: Chapter, act: str | None = None) -> None:
    """Refuses an actor who may not change the chapter as it is now; what staff do (`act`) is written down."""
    require(actor, chapter.book, _writing(chapter), staff=_STAFF, act=act, target=f"chapter:{chapter.pk}")


def may_write(viewer: User, chapter: Chapter) -> bool:
    """Tells whether `viewer` may change the chapter as it is now."""
    return staff_may(viewer, _STAFF) or may(viewer, chapter.book_id, _writing(chapter))


def roles(chapter_id: int, identities: Sequence[Identity]) -> Mapping[Identity, Role]:
    """Returns what each may do: write who may change the chapter as it is, comment whoever else works on its book.

    Who is in this is in `books.policies.rooms.may_enter_draft`, too: one sees a draft by working on its book.
    """
    chapter = Chapter.objects.filter(pk=chapter_id).only("book_id", "state").first()
    people = User.objects.filter(pk__in={one.user_id for one in identities if one.user_id}, is_active=True)
    if chapter is None:
        return {}
    writing = _writing(chapter)
    credits = Credit.objects.filter(user__in=people, book=chapter.book_id, accepted_at__isnull=False)
    rights = dict(credits.values_list("user_id", "rights"))
    found: dict[int, Role] = {}
    for person in people:
        if rights.get(person.pk, 0) & writing or staff_may(person, _STAFF):
            found[person.pk] = Role.WRITE
        elif person.pk in rights:
            found[person.pk] = Role.COMMENT
    return {identity: found[identity.user_id] for identity in identities if identity.user_id in found}


def _writing(chapter: Chapter) -> Right:
    return Right.EDIT_CHAPTERS if chapter.is_published else Right.EDIT_DRAFTS | Right.EDIT_CHAPTERS
