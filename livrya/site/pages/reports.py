"""Reporting something to the moderators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from livrya.site.pages.people_forms import ReportForm
from livrya.site.pages.requests import PersonRequest
from social.errors import ReportedEnough
from social.services.reporting import report as file_report
from social.services.reporting import reportable


@login_required
def report(request: PersonRequest, kind: str, target_id: int) -> HttpResponse:
    """Shows what is to be reported, asks why, and reports it to the moderators."""
    subject, context = reportable(request.user, kind, target_id)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            file_report(actor=request.user, kind=kind, target_id=target_id, reason=form.cleaned_data["reason"])
            messages.success(request, "Thank you. The moderators will look at it.")
        except ReportedEnough as enough:
            messages.info(request, str(enough))
        return redirect(context["url"])
    shown = {"form": form, "kind": kind, "subject": subject, "context": context}
    return render(request, "pages/report.html", shown)
