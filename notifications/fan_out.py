"""Notifying many: a row written with the fact, carried out in slices by a job that a crash does not lose."""

from django.utils import timezone
from django_tasks import task

import realtime
from livrya.accounts.models import User
from notifications import audiences
from notifications.models import FanOut, Notification
from notifications.services import Notice, notify_within, take_back

SLICE = 200
"""So many people are notified in one transaction: few enough to let others write in between."""


def fan_out(*, actor: User | None, notice: Notice, audience: str, key: int) -> None:
    """Notifies everybody in an audience, soon, each once; part of the transaction of the fact.

    The same cause may go to several audiences: who is in two of them is notified once. Calling it again for the
    same cause and audience does nothing.
    """
    if not audiences.is_registered(audience):
        raise TypeError(f"No audience {audience} is registered.")
    with realtime.atomic():
        row, created = FanOut.objects.get_or_create(
            cause=notice.cause,
            audience=audience,
            key=key,
            defaults={
                "kind": notice.kind,
                "message": notice.message,
                "url": notice.url,
                "subject": notice.subject,
                "about": notice.about,
                "ref": notice.ref,
                "actor": actor,
            },
        )
        if created:
            carry_out.enqueue(row.pk)


@task()
def carry_out(fan_out_id: int) -> None:
    """Notifies the rest of the audience; begun again after a crash, it goes on where the last slice was committed."""
    while notify_slice(fan_out_id):
        pass


def notify_slice(fan_out_id: int) -> bool:
    """Notifies the next slice in a transaction of its own; returns whether more may follow."""
    with realtime.atomic(max_rooms=SLICE):
        row = FanOut.objects.select_for_update(no_key=True).filter(pk=fan_out_id, finished_at__isnull=True).first()
        if row is None:
            return False
        people = audiences.people(row.audience, row.key, after=row.reached, limit=SLICE)
        notice = Notice(
            kind=row.kind,
            message=row.message,
            url=row.url,
            cause=row.cause,
            about=row.about,
            ref=row.ref,
            subject=row.subject,
        )
        row.told += len(notify_within(actor_id=row.actor_id, recipients=people, notice=notice))
        if people:
            row.reached = people[-1]
        if len(people) < SLICE:
            row.finished_at = timezone.now()
        row.save(update_fields=["told", "reached", "finished_at"])
    return row.finished_at is None


def withdraw(*, ref: str) -> None:
    """Takes back, soon, the notifications about something that is gone; part of the transaction that removes it.

    What is still on its way to many stops at once. Events already sent are emptied by `realtime.blank(ref=ref)`.
    """
    with realtime.atomic():
        FanOut.objects.filter(ref=ref).delete()
        if Notification.objects.filter(ref=ref).exists():
            carry_back.enqueue(ref)


@task()
def carry_back(ref: str) -> None:
    """Takes back the notifications about `ref`, slice by slice; begun again after a crash, it finds the rest."""
    while take_back_slice(ref):
        pass


def take_back_slice(ref: str) -> bool:
    """Takes back from the next slice of people in a transaction of its own; returns whether there were any."""
    with realtime.atomic(max_rooms=SLICE):
        return take_back(ref=ref, limit=SLICE) > 0
