"""What owners and moderators do about people: kick, ban, give parts."""

import realtime
from books.policies.people import require_person
from books.services import checking
from livrya.accounts.models import User
from realtime.errors import Conflict, Forbidden
from social import limits, signals
from social.models import Ban, Group, Membership, Role
from social.policies import outranks, require_moderator, require_owner
from social.services.locking import lock_group, member_of
from social.services.seats import give_back, settle


def kick_member(*, actor: User | None, group_id: int, user_id: int, reason: str = "") -> None:
    """Ends somebody's membership; they may come back as anybody may."""
    person = require_person(actor)
    reason = checking.line("reason", reason, longest=limits.REASON, required=False)
    with realtime.atomic():
        group = lock_group(group_id)
        own = require_moderator(person, group)
        _remove(own, member_of(group, user_id), reason, banned=False)


def ban_user(*, actor: User | None, group_id: int, user_id: int, reason: str = "") -> Ban:
    """Ends somebody's membership, if they have one, and lets them in no more; their invitation ends too."""
    person = require_person(actor)
    reason = checking.line("reason", reason, longest=limits.REASON, required=False)
    with realtime.atomic():
        group = lock_group(group_id)
        own = require_moderator(person, group)
        user = checking.person("userId", user_id)
        if user == person:
            raise Conflict("You cannot ban yourself.")
        ban, created = Ban.objects.get_or_create(
            group=group, user=user, defaults={"banned_by": person, "reason": reason}
        )
        group.invitations.filter(user=user).delete()
        membership = Membership.objects.filter(group=group, user=user).select_related("user").first()
        if membership is not None:
            membership.group = group
            _remove(own, membership, reason, banned=True)
        elif created:
            _send_removed(group, user_id, reason, banned=True, was_member=False, actor=person)
    return ban


def unban_user(*, actor: User | None, group_id: int, user_id: int) -> None:
    """Lets somebody in again; nothing happens when they were not banned."""
    person = require_person(actor)
    with realtime.atomic():
        group = lock_group(group_id)
        require_moderator(person, group)
        if Ban.objects.filter(group=group, user=user_id).delete()[0]:
            signals.member_unbanned.send(Ban, group=group, user_id=user_id, actor=actor)


def set_role(*, actor: User | None, group_id: int, user_id: int, role: str) -> Membership:
    """Gives a member another part; making somebody the owner makes a moderator of the one who was."""
    person = require_person(actor)
    checking.choice("role", role, Role.values)
    with realtime.atomic():
        group = lock_group(group_id)
        own = require_owner(person, group)
        membership = member_of(group, user_id)
        if membership.role == role:
            return membership
        if membership.pk == own.pk:
            raise Conflict("Make somebody else the owner first.")
        if role == Role.OWNER:
            _become(own, Role.MODERATOR, person)
        _become(membership, role, person)
    return membership


def _become(membership: Membership, role: str, actor: User) -> None:
    membership.role = role
    membership.save(update_fields=["role"])
    signals.member_changed.send(Membership, membership=membership, actor=actor)


def _remove(own: Membership, membership: Membership, reason: str, *, banned: bool) -> None:
    if not outranks(own, membership):
        raise Forbidden
    group, user_id = membership.group, membership.user_id
    give_back(membership)
    _send_removed(group, user_id, reason, banned=banned, was_member=True, actor=own.user)
    settle(membership)


def _send_removed(group: Group, user_id: int, reason: str, *, banned: bool, was_member: bool, actor: User) -> None:
    signals.member_removed.send(
        Membership, group=group, user_id=user_id, reason=reason, banned=banned, was_member=was_member, actor=actor
    )
