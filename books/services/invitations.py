"""Who may read a private book."""

from django.utils import timezone

import realtime
from books import limits, signals
from books.models import Book, Invitation, Right, Subscription
from books.policies.people import may_read, require, require_person
from books.services import checking
from books.services.locking import lock_book, lock_invitation
from books.services.subscriptions import end_subscription
from livrya.accounts.models import User
from livrya.accounts.policies import may_address
from realtime.errors import Conflict, Forbidden, NotFound


def invite_reader(*, actor: User | None, book_id: int, user_id: int) -> Invitation:
    """Invites somebody to read a private book."""
    limits.INVITATIONS.charge(actor.pk if actor else None)
    with realtime.atomic():
        book = lock_book(book_id)
        require(actor, book, Right.EDIT_INFO, staff="books.add_invitation", act="reader:invite")
        user = checking.person("user", user_id)
        if actor is not None and not may_address(actor, user):
            raise Forbidden("You cannot invite this person.")
        if Invitation.objects.filter(book=book, user=user).exists():
            raise Conflict("This reader has been invited already.")
        invitation = Invitation.objects.create(book=book, user=user, invited_by=actor)
        signals.reader_invited.send(Invitation, invitation=invitation, actor=actor)
    return invitation


def accept_invitation(*, actor: User | None, invitation_id: int) -> Invitation:
    """Accepts an invitation; from now on the actor may read the book."""
    person = require_person(actor)
    with realtime.atomic():
        invitation = lock_invitation(person, invitation_id)
        if invitation.user_id != person.pk:
            raise NotFound("There is no such invitation.")
        if invitation.accepted_at is None:
            invitation.accepted_at = timezone.now()
            invitation.save(update_fields=["accepted_at"])
    return invitation


def end_invitation(*, actor: User | None, invitation_id: int) -> None:
    """Declines, gives up or takes back an invitation; a subscription to a private book ends with it."""
    with realtime.atomic():
        invitation = lock_invitation(actor, invitation_id)
        if actor is not None and invitation.user_id != actor.pk:
            staff, act = "books.delete_invitation", "reader:uninvite"
            require(actor, invitation.book, Right.EDIT_INFO, staff=staff, act=act)
        book, user, held = invitation.book, invitation.user, invitation.accepted_at is not None
        invitation.delete()
        if held and not may_read(user, book):
            if Subscription.objects.filter(book=book, user=user).exists():
                end_subscription(book=book, user_id=user.pk, actor=actor)
            signals.reading_right_changed.send(Book, book=book, user_id=user.pk, actor=actor)
