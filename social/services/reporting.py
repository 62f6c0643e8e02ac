"""Reports to the moderators: what is reported, with the context that they need to judge it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

import realtime
from books.errors import invalid
from books.policies.people import require_person
from books.selectors.comments import comment_by_id
from books.services import checking
from livrya.accounts.models import User
from livrya.accounts.selectors import person_by_id
from livrya.accounts.services.locking import lock_people
from realtime.errors import NotFound, RateLimited
from social import limits, signals
from social.errors import ReportedEnough
from social.models import Message, Report, ReportKind, ReportState
from social.selectors.messages import message_for

_DAY = timedelta(days=1)

Found = tuple[User, dict[str, Any]]
"""Who answers for it, and the context."""


def report(*, actor: User | None, kind: str, target_id: int, reason: str) -> Report:
    """Reports to the moderators a comment, message or person that the actor can see, and returns the report.

    Whoever reports the same thing again gets their open report back. Raises NotFound, ValidationFailed for one's own,
    ReportedEnough where five reports wait, RateLimited after twenty in a day.
    """
    person = require_person(actor)
    clean = checking.body("reason", reason, longest=limits.REPORT)
    with realtime.atomic():
        subject, context = reportable(person, kind, target_id)
        if subject.pk == person.pk:
            raise invalid("id", "That is your own.")
        lock_people(person, subject)
        waiting = Report.objects.filter(kind=kind, target_id=target_id, state=ReportState.OPEN)
        if own := waiting.filter(reporter=person).first():
            return own
        if waiting.count() >= limits.REPORTS_PER_TARGET:
            raise ReportedEnough
        today = Report.objects.filter(reporter=person, created_at__gt=timezone.now() - _DAY)
        if today.count() >= limits.REPORTS_PER_DAY:
            raise RateLimited("You have reported a lot today.", retry_after_ms=int(_DAY.total_seconds() * 1000))
        filed = Report.objects.create(
            reporter=person, kind=kind, target_id=target_id, subject=subject, reason=clean, context=context
        )
        signals.report_filed.send(Report, report=filed, actor=actor)
    return filed


def reportable(viewer: User, kind: str, target_id: int) -> Found:
    """Returns who answers for something that the viewer can see, and what moderators would see of it now.

    Raises NotFound, ValidationFailed for an unknown kind.
    """
    checking.choice("kind", kind, ReportKind.values)
    return _FINDERS[ReportKind(kind)](viewer, target_id)


def _comment(viewer: User, comment_id: int) -> Found:
    comment = comment_by_id(viewer, comment_id)
    if not comment.is_visible:
        raise NotFound("There is no such comment.")
    chapter, answered = comment.chapter, comment.parent
    context = {
        "text": comment.text,
        "url": f"/books/{chapter.book.slug}/{chapter.number}/#comment-{comment.pk}",
        "where": f"{chapter.book.title}: {chapter.title}",
        "before": [_said(answered.author, answered.text)] if answered is not None else [],
    }
    return comment.author, context


def _message(viewer: User, message_id: int) -> Found:
    message = message_for(viewer, message_id)
    earlier = Message.objects.filter(group=message.group, number__lt=message.number).select_related("sender")
    before = list(earlier.order_by("-number")[: limits.REPORT_CONTEXT])[::-1]
    context = {
        "text": message.text,
        "url": f"{message.group.address}#message-{message.number}",
        "where": message.group.name,
        "before": [_said(said.sender, said.text) for said in before],
    }
    return message.sender, context


def _person(viewer: User, user_id: int) -> Found:
    person = person_by_id(user_id)
    context = {
        "text": person.bio,
        "url": f"/people/{person.username}/",
        "where": str(person),
        "before": [],
    }
    return person, context


def _said(person: User, text: str) -> dict[str, str]:
    return {"by": person.username, "text": text}


_FINDERS: dict[ReportKind, Callable[[User, int], Found]] = {
    ReportKind.COMMENT: _comment,
    ReportKind.MESSAGE: _message,
    ReportKind.PERSON: _person,
}
