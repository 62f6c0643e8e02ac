"""Who works on a book: invited, accepted, given rights, removed."""

from django.utils import timezone

import realtime
from books import limits, signals
from books.errors import invalid
from books.models import Book, Credit, CreditKind
from books.models.people import ALL_RIGHTS, DEFAULT_RIGHTS
from books.policies.people import may_read, require_person
from books.services import checking
from books.services.locking import lock_book, lock_credit
from livrya.accounts.models import User
from livrya.accounts.policies import may_address, staff_may
from livrya.audit.services import record
from realtime.errors import Conflict, Forbidden, NotFound


def invite_person(*, actor: User | None, book_id: int, user_id: int, kind: str, rights: int | None = None) -> Credit:
    """Offers somebody a part in a book; it counts once they accept. Only the author (or staff) invites.

    Without `rights` the kind's usual ones are given. At most ten people, the waiting ones included.
    """
    limits.INVITATIONS.charge(actor.pk if actor else None)
    with realtime.atomic():
        book = lock_book(book_id)
        _require_author(actor, book, "add")
        _check_kind(kind)
        user = checking.person("user", user_id)
        if actor is not None and not may_address(actor, user):
            raise Forbidden("You cannot invite this person.")
        people = list(Credit.objects.filter(book=book).values_list("user_id", flat=True))
        if user.pk in people:
            raise Conflict("This person has a part in the book already.")
        if len(people) >= limits.PEOPLE_PER_BOOK:
            raise Conflict(f"A book has at most {limits.PEOPLE_PER_BOOK} people.")
        given = DEFAULT_RIGHTS[kind] if rights is None else checking.flags("rights", rights, ALL_RIGHTS)
        credit = Credit.objects.create(book=book, user=user, kind=kind, rights=given, invited_by=actor)
        signals.credit_offered.send(Credit, credit=credit, actor=actor)
    return credit


def accept_credit(*, actor: User | None, credit_id: int) -> Credit:
    """Accepts the part that the actor has been offered."""
    person = require_person(actor)
    with realtime.atomic():
        credit = lock_credit(person, credit_id)
        if credit.user_id != person.pk:
            raise NotFound("There is no such offer.")
        if credit.accepted_at is None:
            credit.accepted_at = timezone.now()
            credit.save(update_fields=["accepted_at"])
            signals.credit_changed.send(Credit, credit=credit, actor=actor)
    return credit


def decline_credit(*, actor: User | None, credit_id: int) -> None:
    """Declines an offer, or lays down a part that the actor has had."""
    person = require_person(actor)
    with realtime.atomic():
        credit = lock_credit(person, credit_id)
        if credit.user_id != person.pk:
            raise NotFound("There is no such offer.")
        _end(credit, actor)


def change_credit(*, actor: User | None, credit_id: int, kind: str | None = None, rights: int | None = None) -> Credit:
    """Changes somebody's part or rights; the author's own never change."""
    with realtime.atomic():
        credit = lock_credit(actor, credit_id)
        _require_author(actor, credit.book, "change")
        _refuse_author(credit)
        if kind is not None:
            _check_kind(kind)
            credit.kind = kind
        if rights is not None:
            credit.rights = checking.flags("rights", rights, ALL_RIGHTS)
        credit.save(update_fields=["kind", "rights"])
        signals.credit_changed.send(Credit, credit=credit, actor=actor)
    return credit


def remove_credit(*, actor: User | None, credit_id: int) -> None:
    """Takes somebody off a book, or an offer back."""
    with realtime.atomic():
        credit = lock_credit(actor, credit_id)
        _require_author(actor, credit.book, "delete")
        _end(credit, actor)


def _end(credit: Credit, actor: User | None) -> None:
    _refuse_author(credit)
    held = credit.accepted_at is not None
    user_id, book = credit.user_id, credit.book
    credit_id = credit.pk
    credit.delete()
    credit.pk = credit_id
    signals.credit_ended.send(Credit, credit=credit, actor=actor)
    if held:
        signals.reading_right_changed.send(Book, book=book, user_id=user_id, actor=actor)


def _require_author(actor: User | None, book: Book, doing: str) -> None:
    if actor is None or Credit.objects.filter(book=book, user=actor, kind=CreditKind.AUTHOR).exists():
        return
    if staff_may(actor, f"books.{doing}_credit"):
        record(actor=actor, act=f"credit:{doing}", target=f"book:{book.pk}")
        return
    if not may_read(actor, book):
        raise NotFound("There is no such book.")
    raise Forbidden("Only the author decides who works on the book.")


def _check_kind(kind: str) -> None:
    if kind not in CreditKind.values or kind == CreditKind.AUTHOR:
        allowed = ", ".join(value for value in CreditKind.values if value != CreditKind.AUTHOR)
        raise invalid("kind", f"One of {allowed}, please.")


def _refuse_author(credit: Credit) -> None:
    if credit.kind == CreditKind.AUTHOR:
        raise Conflict("The author stays the author, with all rights.")
