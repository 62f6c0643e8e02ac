"""The only writers of notifications."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

import realtime
from livrya.accounts.models import User
from livrya.accounts.selectors import silent_between
from livrya.kit.texts import excerpt
from notifications import selectors, signals
from notifications.kinds import KINDS
from notifications.models import Notification, Preference
from realtime.errors import ValidationFailed

FOLD_WITHIN = timedelta(minutes=10)
"""So long after a notification was created, more of the same kind about the same object is folded into it."""
MESSAGE_LENGTH = 300
KEEP_READ = timedelta(days=180)
PRUNE_AT_ONCE = 500
_LARGEST_ID = 2**63 - 1
_WORDS = ("kind", "message", "url", "subject", "cause", "about", "ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What people are notified of.

    `kind` is the code of a declared kind. `cause` names what happened: nobody is notified twice of one cause.
    `about` names the object for folding. `subject` has the ids that `notifications.events.Shown` knows (`comment_id`).
    `ref` names what the message quotes: `realtime.blank` and `withdraw` with it take the words back.
    """

    kind: str
    message: str
    url: str
    cause: str
    about: str
    ref: str = ""
    subject: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise TypeError(f"No notification {self.kind} is declared.")
        if not self.url.startswith("/"):
            raise TypeError(f"The notification {self.cause} must lead to an address of this site.")
        object.__setattr__(self, "message", excerpt(self.message, MESSAGE_LENGTH))


def notify(*, actor: User | None, recipients: Iterable[int], notice: Notice) -> list[Notification]:
    """Notifies a few people (in the bell) and returns what they now see; for an unbounded number see `fan_out`.

    Left out are who does not want this kind, who was notified of this cause before, the actor, whoever has muted
    the actor, and who has blocked them or is blocked by them. Every recipient
    is a room of the transaction: give all of them in one call, and few enough.
    """
    with realtime.atomic():
        return notify_within(actor_id=actor.pk if actor else None, recipients=recipients, notice=notice)


def notify_within(*, actor_id: int | None, recipients: Iterable[int], notice: Notice) -> list[Notification]:
    """Does the work of `notify`, inside the caller's `realtime.atomic()` and within its limit of rooms."""
    wanting = selectors.who_want(notice.kind, set(recipients) - {actor_id})
    if actor_id is not None and wanting:
        silent = silent_between(actor_id, wanting)
        wanting = [user_id for user_id in wanting if user_id not in silent]
    # Locked in ascending order: of two causes at once, the second waits and is folded into the first.
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=wanting, is_active=True).order_by("pk")
    present = list(locked.values_list("pk", flat=True))
    known = Notification.objects.filter(recipient__in=present, cause=notice.cause)
    fresh = sorted(set(present).difference(known.values_list("recipient_id", flat=True)))
    if not fresh:
        return []
    now = timezone.now()
    open_ones = _open_ones(notice, fresh, now)
    before = [_folded(root) for root in open_ones.values()]
    for root in open_ones.values():
        _say(root, notice)
        root.count += 1
        root.occurred_at = now
    # They all say the same now: one statement, where bulk_update would write a case for each row and field.
    Notification.objects.filter(pk__in=[root.pk for root in open_ones.values()]).update(
        **{word: getattr(notice, word) for word in _WORDS}, count=F("count") + 1, occurred_at=now
    )
    new = [
        _say(Notification(recipient_id=user_id, created_at=now, occurred_at=now), notice)
        for user_id in fresh
        if user_id not in open_ones
    ]
    Notification.objects.bulk_create(before + new)
    seen = [*open_ones.values(), *new]
    signals.notified.send(
        sender=Notification, notifications=seen, unread=selectors.unread_counts(fresh), actor_id=actor_id
    )
    return seen


def mark_read(*, actor: User, ids: Collection[int] | None = None, skip: str | None = None) -> int:
    """Marks the actor's own notifications as read, all of them when `ids` is None; returns how many are still unread.

    Ids that are unknown, somebody else's, or read before are passed over. `skip` is the connection that knows.
    """
    with realtime.atomic():
        User.objects.select_for_update(no_key=True).filter(pk=actor.pk).first()
        unread = selectors.notifications_of(actor, unread=True)
        if ids is not None:
            unread = unread.filter(pk__in=[number for number in ids if 0 < number <= _LARGEST_ID])
        changed = sorted(unread.values_list("pk", flat=True))
        now = timezone.now()
        unread.order_by().update(read_at=now)
        left = selectors.unread_count(actor)
        if changed:
            signals.notifications_read.send(
                sender=Notification,
                user=actor,
                ids=changed if ids is not None else None,
                read_at=now,
                unread=left,
                skip=skip,
            )
    return left


def set_preferences(*, actor: User, kinds: Collection[str]) -> None:
    """Makes `kinds` those that the actor wants in the app, and all others unwanted.

    Raises ValidationFailed for a kind that there is not.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise ValidationFailed(details={"fields": {"kinds": f"There is no kind {unknown[0][:50]}."}})
    with realtime.atomic():
        Preference.objects.bulk_create(
            [Preference(user=actor, kind=code, in_app=code in kinds) for code in KINDS],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["in_app"],
        )
        signals.preferences_changed.send(sender=Preference, user=actor)


def prune() -> int:
    """Deletes what was read half a year ago, with all that was folded into it, and returns how many rows went.

    In small transactions, so that nobody waits behind it.
    """
    old = Notification.objects.filter(into__isnull=True, read_at__lt=timezone.now() - KEEP_READ)
    total = 0
    while ids := list(old.order_by("pk").values_list("pk", flat=True)[:PRUNE_AT_ONCE]):
        deleted, _ = Notification.objects.filter(pk__in=ids).delete()
        total += deleted
    return total


def take_back(*, ref: str, limit: int) -> int:
    """Removes one notification about `ref` from each of up to `limit` people, and returns from how many.

    Inside the caller's `realtime.atomic()`, with as many rooms; see `notifications.fan_out.withdraw`.
    """
    concerned = Notification.objects.filter(ref=ref)
    people = list(concerned.order_by("recipient_id").values_list("recipient_id", flat=True).distinct()[:limit])
    list(User.objects.select_for_update(no_key=True).filter(pk__in=people).order_by("pk").values_list("pk"))
    # One for each: two of one group would change the group under each other.
    found = list({row.recipient_id: row for row in concerned.filter(recipient__in=people).order_by("-pk")}.values())
    grouped = set(Notification.objects.filter(into__in=[row.pk for row in found]).values_list("into_id", flat=True))
    removed = [row for row in found if row.into_id is None and row.pk not in grouped]
    gone = {row.pk for row in removed}
    changed = {root.pk: root for row in found if row.pk not in gone for root in [_without(row)]}
    Notification.objects.filter(pk__in=gone).delete()
    signals.notifications_withdrawn.send(
        sender=Notification,
        changed=list(changed.values()),
        removed=[(row.recipient_id, row.pk) for row in removed],
        unread=selectors.unread_counts(people),
    )
    return len(found)


def _open_ones(notice: Notice, people: Collection[int], now: datetime) -> dict[int, Notification]:
    """Returns by person the unread notification that more of the same is folded into."""
    found = Notification.objects.filter(
        recipient__in=people,
        kind=notice.kind,
        about=notice.about,
        into__isnull=True,
        read_at__isnull=True,
        created_at__gt=now - FOLD_WITHIN,
    )
    return {notification.recipient_id: notification for notification in found.order_by("created_at")}


def _say(notification: Notification, notice: Notice) -> Notification:
    for word in _WORDS:
        setattr(notification, word, getattr(notice, word))
    return notification


def _folded(root: Notification) -> Notification:
    words = {word: getattr(root, word) for word in _WORDS}
    return Notification(
        recipient_id=root.recipient_id, into=root, created_at=root.occurred_at, occurred_at=root.occurred_at, **words
    )


def _without(notification: Notification) -> Notification:
    """Takes one cause out of its group and returns the root, which says what is then the newest."""
    if notification.into_id is not None:
        root = Notification.objects.get(pk=notification.into_id)
        notification.delete()
    else:
        root = Notification.objects.get(pk=notification.pk)
        newest = root.folded.order_by("-occurred_at", "-pk")[0]
        words = {word: getattr(newest, word) for word in _WORDS}
        newest.delete()
        for word, value in words.items():
            setattr(root, word, value)
        root.occurred_at = newest.occurred_at
    root.count -= 1
    root.save()
    return root
