"""What moderators look at."""

from django.db.models import QuerySet

from realtime.errors import NotFound
from social.models import Report, ReportState

REPORT_ORDER = ("-id",)
"""The order of the queue, for `livrya.kit.cursors.page`."""


def reports(state: str | None = ReportState.OPEN) -> QuerySet[Report]:
    """Returns the reports in a state (None: all), the newest first, with their people."""
    found = Report.objects.select_related("reporter", "subject", "settled_by").order_by(*REPORT_ORDER)
    return found if state is None else found.filter(state=state)


def report_by_id(report_id: int) -> Report:
    """Returns the report with its people. Raises NotFound."""
    found = reports(None).filter(pk=report_id).first()
    if found is None:
        raise NotFound("There is no such report.")
    return found


def earlier_reports(report: Report) -> QuerySet[Report]:
    """Returns the other reports about the same person, the newest first."""
    return reports(None).filter(subject=report.subject_id).exclude(pk=report.pk)
