"""Commands to the moderators."""

from livrya.accounts.selectors import signed_in
from realtime.namespaces import Call, Commands
from social.events.reports import CreateReport, ReportFiled
from social.services.reporting import report

reports = Commands()


@reports.handles(CreateReport)
def on_create_report(call: Call, wanted: CreateReport) -> ReportFiled:
    filed = report(actor=signed_in(call.identity), kind=wanted.kind, target_id=wanted.id, reason=wanted.reason)
    return ReportFiled(id=filed.pk, kind=filed.kind, target_id=filed.target_id, state=filed.state)
