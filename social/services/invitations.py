"""Who is asked into a group, by name or by a link."""

import secrets
from datetime import datetime, timedelta

from django.utils import timezone

import realtime
from books.errors import invalid
from books.limits import INVITATIONS
from books.policies.people import require_person
from books.services import checking
from livrya.accounts.models import User
from livrya.accounts.selectors import apart
from realtime.errors import Conflict, Forbidden, NotFound
from social import signals
from social.errors import Banned, RoomNotFound
from social.models import Ban, Group, Invitation, Membership
from social.policies import knows, require_member
from social.selectors.groups import links_for
from social.services.locking import lock_group

LINK_LASTS = timedelta(days=7)
"""How long a link opens a group that does not say."""
LONGEST = timedelta(days=366)


def invite_person(*, actor: User | None, group_id: int, user_id: int) -> Invitation:
    """Asks somebody into a group; asked again, it is the same invitation."""
    person = require_person(actor)
    INVITATIONS.charge(person.pk)
    with realtime.atomic():
        group = lock_group(group_id)
        _require_inviting(person, group)
        user = checking.person("userId", user_id)
        if apart(person, user):
            raise Forbidden("You cannot invite this person.")
        if Membership.objects.filter(group=group, user=user).exists():
            raise Conflict("They are a member already.")
        if Ban.objects.filter(group=group, user=user).exists():
            raise Banned("They may not enter this group.")
        invitation, created = Invitation.objects.get_or_create(group=group, user=user, defaults={"invited_by": person})
        invitation.group, invitation.user = group, user
        if created:
            signals.person_invited.send(Invitation, invitation=invitation, actor=actor)
    return invitation


def end_invitation(*, actor: User | None, group_id: int, user_id: int) -> None:
    """Takes an invitation back or, for who was invited, declines it; nothing happens when there is none.

    Who may not know of the group finds none, and who has declined a private one is such a person.
    """
    person = require_person(actor)
    with realtime.atomic():
        group = lock_group(group_id)
        if person.pk != user_id:
            _require_inviting(person, group)
        elif not knows(person, group):
            raise RoomNotFound
        invitation = Invitation.objects.filter(group=group, user=user_id).select_related("user").first()
        if invitation is not None:
            invitation.group = group
            invitation.delete()
            signals.invitation_ended.send(Invitation, invitation=invitation, actor=actor)


def make_link(*, actor: User | None, group_id: int, expires_at: datetime | None = None) -> tuple[Invitation, str]:
    """Returns an invitation for whoever has its token, and the token, which cannot be read again later."""
    person = require_person(actor)
    now = timezone.now()
    expires_at = expires_at or now + LINK_LASTS
    if not now < expires_at <= now + LONGEST:
        raise invalid("expiresAt", "A time to come, within a year, please.")
    INVITATIONS.charge(person.pk)
    token = secrets.token_urlsafe(16)
    with realtime.atomic():
        group = lock_group(group_id)
        _require_inviting(person, group)
        link = Invitation.objects.create(
            group=group, token_hash=Invitation.hash_of(token), invited_by=person, expires_at=expires_at
        )
    return link, token


def end_link(*, actor: User | None, invitation_id: int) -> None:
    """Takes a link back; who made it may, and moderators. Raises NotFound."""
    person = require_person(actor)
    with realtime.atomic():
        link = links_for(person).filter(pk=invitation_id).first()
        if link is None:
            raise NotFound("There is no such link.")
        membership = require_member(person, lock_group(link.group_id))
        if link.invited_by_id != person.pk and not membership.moderates:
            raise Forbidden
        link.delete()


def _require_inviting(person: User, group: Group) -> None:
    membership = require_member(person, group)
    if group.restrict_invitations and not membership.moderates:
        raise Forbidden("Only moderators invite people to this group.")
