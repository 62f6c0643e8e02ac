"""The moderators' queue: what people have reported, and what is done about it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from books.admin.staff import Form, LibraryAdmin, actor
from social import limits
from social.models import Report, ReportKind, ReportState
from social.selectors.reports import earlier_reports
from social.services import moderation

_VERDICTS = [("dismiss", "Nothing is wrong: dismiss"), ("uphold", "Agree, and act")]


class Verdict(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """What is to be done; the services ask further questions."""

    verdict = forms.ChoiceField(choices=_VERDICTS, widget=forms.RadioSelect)
    take_down = forms.BooleanField(
        required=False, initial=True, help_text="Hides a comment, deletes a message, empties a profile."
    )
    warning = forms.CharField(
        required=False, max_length=limits.WARNING, widget=forms.Textarea, help_text="They read it in their bell."
    )
    suspend_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=moderation.LONGEST_SUSPENSION_DAYS,
        help_text="Closes their account for so long.",
    )

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()


class Waiting(admin.SimpleListFilter):
    """Open ones unless something else is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All"), *((state.value, str(state.label)) for state in ReportState)]

    def choices(self, changelist: Any) -> Any:
        yield from list(super().choices(changelist))[1:]  # "All" is a choice of ours

    def value(self) -> str:
        return super().value() or ReportState.OPEN

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        return queryset if self.value() == "all" else queryset.filter(state=self.value())


@admin.register(Report)
class ReportAdmin(LibraryAdmin):
    """Settling one settles every open report about the same thing. Looking at a private message is written down."""

    form = Verdict
    list_display = ("created_at", "kind", "subject", "excerpt", "reason", "alike", "state", "decision")
    list_display_links = ("created_at", "excerpt")
    list_filter = (Waiting, "kind")
    list_select_related = ("subject",)
    search_fields = ("subject__username", "reporter__username", "reason")
    actions = ("dismiss", "take_down")
    readonly_fields = ("kind", "subject", "reporter", "reason", "what", "history", "state", "decision", "settled_by")
    fieldsets = (
        (None, {"fields": ("kind", "subject", "what", "reporter", "reason", "history")}),
        ("Outcome", {"fields": ("state", "decision", "settled_by")}),
    )
    deciding = ("Decide", {"fields": ("verdict", "take_down", "warning", "suspend_days")})

    def get_fieldsets(self, request: HttpRequest, obj: Report | None = None) -> Any:
        waits = obj is not None and obj.state == ReportState.OPEN
        return (self.fieldsets[0], self.deciding) if waits else self.fieldsets

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        same = Report.objects.filter(kind=OuterRef("kind"), target_id=OuterRef("target_id")).order_by()
        counted = same.values("target_id").annotate(count=Count("pk")).values("count")
        found: QuerySet[Report] = super().get_queryset(request)
        return found.annotate(alike=Subquery(counted))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        report = Report.objects.filter(pk=object_id).first() if object_id else None
        if report is not None and request.method == "GET" and self.has_view_permission(request, report):
            moderation.note_reading(actor=actor(request), reports=[report])
        return super().changeform_view(request, object_id, form_url, extra_context)

    def change_object(self, request: HttpRequest, stored: Report, form: Form) -> None:
        given = form.cleaned_data
        if given["verdict"] == "dismiss":
            moderation.dismiss(actor=actor(request), report_id=stored.pk)
            return
        moderation.uphold(
            actor=actor(request),
            report_id=stored.pk,
            take_down=given["take_down"],
            warning=given["warning"],
            suspend_days=given["suspend_days"],
        )

    @admin.action(description="Dismiss", permissions=["change"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._settle_each(request, queryset, moderation.dismiss, "Dismissed.")

    @admin.action(description="Take down what is reported", permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._settle_each(request, queryset, moderation.uphold, "Taken down.")

    def _settle_each(self, request: HttpRequest, queryset: QuerySet[Report], act: Any, done: str) -> None:
        for report_id in queryset.values_list("pk", flat=True):
            # One of the chosen before it may have been about the same thing.
            if Report.objects.filter(pk=report_id, state=ReportState.OPEN).exists():
                act(actor=actor(request), report_id=report_id)
        self.message_user(request, done, messages.SUCCESS)

    @admin.display(description="what is reported")
    def excerpt(self, report: Report) -> str:
        said = "" if report.kind == ReportKind.MESSAGE else report.context.get("text", "")  # who reads it opens it
        return str(said)[:80] or str(report.context.get("where", ""))

    @admin.display(description="reports about it", ordering="alike")
    def alike(self, report: Any) -> int:
        return int(report.alike)

    @admin.display(description="what is reported")
    def what(self, report: Report) -> SafeString:
        """Everything as it was when it was reported: the thing itself may have changed since."""
        context = report.context
        before = format_html_join("", "<p>@{}: {}</p>", ((said["by"], said["text"]) for said in context["before"]))
        return format_html(
            '<p><a href="{}">{}</a></p>{}<blockquote style="white-space:pre-wrap"><b>@{}</b>: {}</blockquote>',
            context["url"],
            context["where"],
            before,
            report.subject.username,
            context["text"],
        )

    @admin.display(description="other reports about the same person")
    def history(self, report: Report) -> SafeString | str:
        rows = (
            (found.created_at.date(), found.get_kind_display(), found.reason[:80], found.decision or found.state)
            for found in earlier_reports(report)[:10]
        )
        return format_html_join("", "<p>{} · {} · {} · {}</p>", rows) or "None."
