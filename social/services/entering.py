"""Becoming a member of a group, and ceasing to be one."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F, Q, QuerySet
from django.utils import timezone

import realtime
from books.policies.people import require_person
from livrya.accounts.models import User
from social import limits, signals
from social.errors import Banned, NotInvited, RoomFull, RoomNotFound, WrongPassword
from social.models import Ban, Group, Invitation, Membership, Role
from social.policies import knows, require_member
from social.services.locking import lock_group
from social.services.seats import give_back, seat_ends_at, settle


@dataclass(frozen=True, slots=True)
class Admission:
    """What somebody has shown at the door: it holds as long as the group's password is the same."""

    person: User
    group_id: int
    is_member: bool
    invited: bool
    password: str
    """The hash that was matched."""


def join_group(
    *, actor: User | None, group_id: int, password: str | None = None, invite: str | None = None
) -> Membership:
    """Makes the actor a member, or returns the membership that they have; coming again takes no second seat.

    An invitation (a person's own, or `invite`, the token of a link) opens a private group, and one with a password
    without it; a private group that has a password opens to whoever knows that. Raises RoomNotFound, also for a group
    of which they may not know; else Banned, NotInvited, WrongPassword, RoomFull; RateLimited for who enters or guesses
    too often.
    """
    return take_seat(admit(actor=actor, group_id=group_id, password=password, invite=invite))


def admit(*, actor: User | None, group_id: int, password: str | None = None, invite: str | None = None) -> Admission:
    """Asks at the door. Writes nothing; checking a password takes its time, so it is done before the seat is taken."""
    person = require_person(actor)
    group = Group.objects.filter(pk=group_id, ended_at__isnull=True).first()
    if group is not None and Membership.objects.filter(group=group, user=person).exists():
        return Admission(person, group_id, True, False, group.password)
    # Before the password, since guessing costs as much; and also where there is no group, or it would show.
    limits.GROUP_JOINS.charge(person.pk)
    if group is None:
        _matches(password, "")
        raise RoomNotFound
    # Whoever holds a link knows of the group, also when the link opens it no more.
    known = _held(group, invite) or knows(person, group)
    banned = Ban.objects.filter(group=group, user=person).exists()
    invited = not banned and _invitations(group, person, invite).exists()
    if invited:
        return Admission(person, group_id, False, True, group.password)
    matches = _matches(password, group.password if known or group.is_private else "")
    if not known and (banned or not matches):
        raise RoomNotFound
    if banned:
        raise Banned
    if group.password and not matches:
        raise WrongPassword
    if group.is_private and not group.password:
        raise NotInvited
    return Admission(person, group_id, False, False, group.password)


def take_seat(admission: Admission) -> Membership:
    """Takes a seat for somebody who was admitted: with several at once there are never too many."""
    person = admission.person
    with realtime.atomic():
        group = lock_group(admission.group_id)
        membership = Membership.objects.filter(group=group, user=person).first()
        if membership is not None:
            membership.group, membership.user = group, person
            if membership.present_until is not None:
                membership.present_until = seat_ends_at()
                membership.save(update_fields=["present_until"])
            return membership
        if Ban.objects.filter(group=group, user=person).exists():
            raise Banned
        if not admission.invited and group.password != admission.password:
            raise WrongPassword
        if not admission.invited and group.is_private and not group.password:
            raise NotInvited
        owned = Membership.objects.filter(group=group, role=Role.OWNER).exists()
        membership = Membership.objects.create(
            group=group,
            user=person,
            role=Role.MEMBER if owned else Role.OWNER,
            read_number=group.last_number,
            present_until=None if group.persistent else seat_ends_at(),
        )
        free = Group.objects.filter(Q(max_users__isnull=True) | Q(member_count__lt=F("max_users")), pk=group.pk)
        if not free.update(member_count=F("member_count") + 1):
            raise RoomFull
        group.member_count += 1
        Invitation.objects.filter(group=group, user=person).delete()
        signals.member_joined.send(Membership, membership=membership, actor=person)
    return membership


def leave_group(*, actor: User | None, group_id: int) -> Group:
    """Ends the actor's membership."""
    person = require_person(actor)
    with realtime.atomic():
        group = lock_group(group_id)
        membership = require_member(person, group)
        give_back(membership)
        signals.member_left.send(Membership, group=group, user=person, disconnected=False, actor=actor)
        settle(membership)
    return group


def _matches(password: str | None, hashed: str) -> bool:
    """Tells whether it is the password; takes as long where there is none, or the time would tell what is there."""
    if password is None or len(password) > limits.PASSWORD:
        return False
    if not hashed:
        make_password(password)
        return False
    return check_password(password, hashed)


def _held(group: Group, token: str | None) -> bool:
    return bool(token) and Invitation.objects.filter(token_hash=Invitation.hash_of(token or ""), group=group).exists()


def _invitations(group: Group, person: User, token: str | None) -> QuerySet[Invitation]:
    theirs = Q(user=person)
    if token:
        theirs |= Q(token_hash=Invitation.hash_of(token))
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    return Invitation.objects.filter(theirs, in_force, group=group)
