"""Announcing, and taking back."""

from datetime import datetime, timedelta

from django.utils import timezone

import realtime
from livrya.accounts.models import User
from livrya.audit.services import record
from livrya.kit.texts import clean_text
from livrya.site.announcements import policies, signals
from livrya.site.announcements.models import Announcement
from realtime.errors import NotFound, ValidationFailed

IN_FORCE = timedelta(days=1)
"""How long an announcement holds that does not say."""
LONGEST = timedelta(days=366)
LONGEST_TEXT = 1000


def announce(*, actor: User | None, text: str, until: datetime | None = None) -> Announcement:
    """Says `text` to everybody who is connected, and to who comes before `until` (a day from now)."""
    policies.require_announcer(actor)
    text = clean_text(text)
    now = timezone.now()
    until = until or now + IN_FORCE
    if not text:
        raise ValidationFailed("Say something.", details={"fields": {"text": "Say something."}})
    if len(text) > LONGEST_TEXT:
        sentence = f"At most {LONGEST_TEXT:,} characters, please."
        raise ValidationFailed(sentence, details={"fields": {"text": sentence}})
    if timezone.is_naive(until) or not now < until <= now + LONGEST:
        sentence = "A time to come, with its time zone and within a year, please."
        raise ValidationFailed(sentence, details={"fields": {"until": sentence}})
    with realtime.atomic():
        announcement = Announcement.objects.create(text=text, author=actor, created_at=now, until=until)
        record(actor=actor, act="announce", target=f"announcement:{announcement.pk}", until=until.isoformat())
        signals.announced.send(Announcement, announcement=announcement, actor=actor)
    return announcement


def withdraw(*, actor: User | None, announcement_id: int) -> Announcement:
    """Ends an announcement before its time; nothing happens when it has ended already. Raises NotFound."""
    policies.require_announcer(actor)
    with realtime.atomic():
        announcement = Announcement.objects.select_for_update(no_key=True).filter(pk=announcement_id).first()
        if announcement is None:
            raise NotFound("There is no such announcement.")
        now = timezone.now()
        if announcement.until <= now:
            return announcement
        announcement.until = announcement.withdrawn_at = now
        announcement.save(update_fields=["until", "withdrawn_at"])
        record(actor=actor, act="announcement:withdraw", target=f"announcement:{announcement.pk}")
        signals.announcement_withdrawn.send(Announcement, announcement=announcement, actor=actor)
    return announcement
