"""How far somebody has read."""

import realtime
from books.policies.people import require_person
from livrya.accounts.models import User
from social import signals
from social.errors import RoomNotFound
from social.models import Group, Membership
from social.policies import refuse_stranger


def mark_read(*, actor: User | None, group_id: int, number: int, connection_id: str | None = None) -> Membership:
    """Notes that the actor has read up to a message, or (a lower number) wants to begin there again.

    Beyond the newest it is the newest. `connection_id` is the device that knows. The group is not locked: readers
    are many, and wait for nobody.
    """
    person = require_person(actor)
    with realtime.atomic():
        group = Group.objects.filter(pk=group_id, ended_at__isnull=True).first()
        if group is None:
            raise RoomNotFound
        membership = Membership.objects.select_for_update(no_key=True).filter(group=group, user=person).first()
        if membership is None:
            refuse_stranger(person, group)
        membership.group, membership.user = group, person
        reached = max(0, min(number, group.last_number))
        if membership.read_number != reached:
            membership.read_number = reached
            membership.save(update_fields=["read_number"])
            signals.place_read.send(Membership, membership=membership, connection_id=connection_id, actor=actor)
    return membership
