"""Settling reports: every open one about the same thing at once, each act written down."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

import realtime
from books.errors import invalid
from books.policies.people import require_staff
from books.services import checking
from books.services.comments import hide_comment
from livrya.accounts.models import User
from livrya.accounts.services.access import suspend
from livrya.accounts.services.people import set_avatar, update_profile
from livrya.audit.services import record
from realtime.errors import Conflict, NotFound
from social import limits, signals
from social.models import Report, ReportKind, ReportState
from social.policies import require_report_reader
from social.services.messages import delete_message

LONGEST_SUSPENSION_DAYS = 365

# The thing's own room and its readers', the subject's rooms, and what ends their sign-ins.
_MOST_ROOMS = 16


def note_reading(*, actor: User, reports: Iterable[Report]) -> None:
    """Writes down that the actor is shown what was said in a group, once for each report of a message.

    Raises Forbidden.
    """
    require_report_reader(actor)
    with realtime.atomic():
        for report in reports:
            if report.kind == ReportKind.MESSAGE:
                record(actor=actor, act="report:read", target=f"message:{report.target_id}", report=report.pk)


def dismiss(*, actor: User | None, report_id: int) -> Report:
    """Finds nothing wrong. Raises Forbidden, NotFound, Conflict when the report has been settled."""
    require_staff(actor, "social.change_report")
    with realtime.atomic():
        report = _lock(report_id)
        _settle(report, actor, ReportState.DISMISSED, "dismissed")
        signals.report_settled.send(Report, report=report, taken_down=False, warning="", actor=actor)
    return report


def uphold(
    *, actor: User | None, report_id: int, take_down: bool = True, warning: str = "", suspend_days: int | None = None
) -> Report:
    """Agrees with a report, and acts on it.

    `take_down` hides a comment, deletes a message, and empties what a person says of themselves. `warning` is sent
    to the person as a notification. `suspend_days` closes their account for so long. Raises as `dismiss` does, and
    Forbidden for a suspension of somebody above the actor; each of these acts needs its own permission, as elsewhere.
    """
    require_staff(actor, "social.change_report")
    warning = checking.body("warning", warning, longest=limits.WARNING, required=False)
    if suspend_days is not None and not 1 <= suspend_days <= LONGEST_SUSPENSION_DAYS:
        raise invalid("suspendDays", f"From 1 to {LONGEST_SUSPENSION_DAYS} days, please.")
    if not (take_down or warning or suspend_days):
        raise invalid("takeDown", "Take it down, warn or suspend; or dismiss the report.")
    with realtime.atomic(max_rooms=_MOST_ROOMS):
        report = _lock(report_id)
        done = []
        if take_down:
            _take_down(report, actor)
            done.append("taken down")
        if warning:
            done.append("warned")
        if suspend_days:
            until = timezone.now() + timedelta(days=suspend_days)
            suspend(actor=actor, user=report.subject, until=until)
            done.append(f"suspended for {suspend_days} days")
        _settle(report, actor, ReportState.UPHELD, ", ".join(done))
        signals.report_settled.send(Report, report=report, taken_down=take_down, warning=warning, actor=actor)
    return report


def _lock(report_id: int) -> Report:
    report = Report.objects.select_for_update(no_key=True, of=("self",)).filter(pk=report_id).first()
    if report is None:
        raise NotFound("There is no such report.")
    if report.state != ReportState.OPEN:
        raise Conflict("This report has been settled.")
    return report


def _settle(report: Report, actor: User | None, state: ReportState, decision: str) -> None:
    alike = Report.objects.filter(kind=report.kind, target_id=report.target_id, state=ReportState.OPEN)
    settled = alike.update(state=state, decision=decision, settled_at=timezone.now(), settled_by=actor)
    report.refresh_from_db()
    record(
        actor=actor,
        act="report:dismiss" if state == ReportState.DISMISSED else "report:uphold",
        target=f"{report.kind}:{report.target_id}",
        report=report.pk,
        reports=settled,
        subject=report.subject_id,
        decision=decision,
    )


def _take_down(report: Report, actor: User | None) -> None:
    # What its author has taken back meanwhile needs no taking down.
    with suppress(NotFound):
        if report.kind == ReportKind.COMMENT:
            hide_comment(actor=actor, comment_id=report.target_id)
        elif report.kind == ReportKind.MESSAGE:
            delete_message(actor=actor, message_id=report.target_id)
        else:
            update_profile(actor=actor, user=report.subject, display_name="", bio="")
            set_avatar(actor=actor, user=report.subject, upload=None)
