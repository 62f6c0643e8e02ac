"""What many people may see of many books, asked at once."""

from collections.abc import Iterable

from books.models import Book, Credit, Invitation, Visibility
from books.policies.people import SEE_BOOKS, SEE_DRAFTS
from livrya.accounts.models import User
from livrya.accounts.selectors import blocked_among, staff_among
from realtime.identity import Identity
from realtime.people import Privacy
from realtime.rooms import Grant

_READ = ("is_active", "is_staff", "is_superuser", "hide_online", "hide_reading", "hide_typing")
"""What is asked of people: the rest of a person is most of what reading one costs."""


class Crowd:
    """Some people before some books, read in five queries however many they are, and four more where some are staff.

    Answers as `books.policies.people.visible_to` does for each of them; whoever is unknown or no longer active is
    nobody.
    """

    def __init__(self, identities: Iterable[Identity], book_ids: Iterable[int]) -> None:
        asked = set(book_ids)
        ids = {identity.user_id for identity in identities if identity.user_id is not None}
        people = User.objects.filter(pk__in=ids, is_active=True).only(*_READ)
        self._people = {person.pk: person for person in people} if ids else {}
        books = list(Book.objects.filter(pk__in=asked).values_list("pk", "visibility", "hidden_at"))
        self._books = {pk for pk, _, _ in books}
        self._hidden = {pk for pk, _, hidden_at in books if hidden_at is not None}
        self._public = {pk for pk, visibility, _ in books if visibility == Visibility.PUBLIC} - self._hidden
        self._working: set[tuple[int, int]] = set()
        self._invited: set[tuple[int, int]] = set()
        self._blocked: dict[int, frozenset[int]] = {}
        if self._people:
            theirs = {"user__in": list(self._people), "book__in": asked, "accepted_at__isnull": False}
            self._working = set(Credit.objects.filter(**theirs).values_list("user_id", "book_id"))
            self._invited = set(Invitation.objects.filter(**theirs).values_list("user_id", "book_id"))
            self._blocked = blocked_among(self._people)
        self._seeing = staff_among(self._people.values(), *SEE_BOOKS)
        self._seeing_drafts = staff_among(self._people.values(), *SEE_DRAFTS)

    def sees(self, identity: Identity, book_id: int) -> bool:
        """Tells whether the person may see the book."""
        if book_id in self._public:
            return True
        person = self._person(identity)
        if person is None or book_id not in self._books:
            return False
        invited = book_id not in self._hidden and (person.pk, book_id) in self._invited
        return invited or person.pk in self._seeing or (person.pk, book_id) in self._working

    def works_on(self, identity: Identity, book_id: int) -> bool:
        """Tells whether the person works on the book, or sees every draft as staff."""
        person = self._person(identity)
        return person is not None and (person.pk in self._seeing_drafts or (person.pk, book_id) in self._working)

    def reading_grant(self, identity: Identity, book_id: int, *, is_out: bool = True) -> Grant:
        """Returns the person's permission to be in rooms where one reads, of a book or of a chapter (that `is_out`).

        Who hides is a guest among others; where no guest may be, nobody.
        """
        person = self._person(identity)
        if person is None:
            return Grant()
        hides = person.hide_online or person.hide_reading
        blocked = self._blocked.get(person.pk, frozenset())
        guests_may_come = is_out and book_id in self._public
        privacy = Privacy(
            listed=not (hides and guests_may_come),
            counted=guests_may_come or not hides,
            types_openly=not person.hide_typing,
            hidden_ids=blocked,
        )
        return Grant(view=privacy)

    def _person(self, identity: Identity) -> User | None:
        return self._people.get(identity.user_id) if identity.user_id is not None else None
