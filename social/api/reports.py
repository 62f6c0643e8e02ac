"""Reporting to the moderators, and what they do about it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livrya.accounts.api.authentication import asker
from livrya.accounts.api.serializers import PersonSerializer
from livrya.kit.api.fields import IdField, ModelSerializer, Serializer, TextField
from livrya.kit.api.reading import body
from realtime.errors import ValidationFailed
from social import limits
from social.models import Report, ReportKind, ReportState
from social.policies import require_report_reader
from social.selectors import reports as selectors
from social.services import moderation
from social.services.reporting import report


class NewReportSerializer(Serializer):
    """`id` is that of the comment, message or person."""

    kind = serializers.ChoiceField(choices=ReportKind.choices)
    id = IdField()
    reason = TextField(max_length=limits.REPORT)


class FiledSerializer(ModelSerializer):
    """One's own report."""

    class Meta:
        model = Report
        fields: tuple[str, ...] = ("id", "kind", "target_id", "reason", "state", "created_at")


class ReportSerializer(FiledSerializer):
    """A report as moderators see it; `context` is as it was then."""

    reporter = PersonSerializer()
    subject = PersonSerializer()
    settled_by = PersonSerializer(allow_null=True)
    context = serializers.JSONField()  # type: ignore[assignment]  # the metaclass takes fields out of the class

    class Meta(FiledSerializer.Meta):
        fields = (
            *FiledSerializer.Meta.fields,
            "reporter",
            "subject",
            "context",
            "decision",
            "settled_at",
            "settled_by",
        )


class UpheldSerializer(Serializer):
    """What is done about it; at least one of the three."""

    take_down = serializers.BooleanField(required=False, default=True)
    warning = TextField(required=False, allow_blank=True, default="", max_length=limits.WARNING)
    suspend_days = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=moderation.LONGEST_SUSPENSION_DAYS
    )


STATE = OpenApiParameter("state", enum=[*ReportState.values, "all"], description="open, when nothing is said")


@extend_schema_view(get=extend_schema(operation_id="reports", parameters=[STATE]))
class ReportsView(generics.ListAPIView[Report]):
    """The moderators' queue, the newest first; whoever is signed in adds to it.

    It shows what was said in groups: that it was read is written down, for each message.
    """

    serializer_class = ReportSerializer
    queryset = Report.objects.none()
    order = selectors.REPORT_ORDER

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated()]

    def get_queryset(self) -> QuerySet[Report]:
        require_report_reader(asker(self.request))
        state = self.request.query_params.get("state", ReportState.OPEN)
        if state not in [*ReportState.values, "all"]:
            raise ValidationFailed(details={"fields": {"state": "There is no such state."}})
        return selectors.reports(None if state == "all" else state)

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset

    def paginate_queryset(self, queryset: Any) -> Any:
        found = super().paginate_queryset(queryset)
        moderation.note_reading(actor=asker(self.request), reports=found or ())
        return found

    @extend_schema(operation_id="report", request=NewReportSerializer, responses={201: FiledSerializer})
    def post(self, request: Request) -> Response:
        given = body(request, NewReportSerializer)
        filed = report(actor=asker(request), kind=given["kind"], target_id=given["id"], reason=given["reason"])
        return Response(FiledSerializer(filed).data, status=status.HTTP_201_CREATED)


class DismissalView(APIView):
    """Nothing is wrong; for staff."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="dismissReport", request=None, responses=ReportSerializer)
    def post(self, request: Request, report_id: int) -> Response:
        moderation.dismiss(actor=asker(request), report_id=report_id)
        return Response(ReportSerializer(selectors.report_by_id(report_id)).data)


class UpholdingView(APIView):
    """The report is right, and something is done; for staff."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="upholdReport", request=UpheldSerializer, responses=ReportSerializer)
    def post(self, request: Request, report_id: int) -> Response:
        moderation.uphold(actor=asker(request), report_id=report_id, **body(request, UpheldSerializer))
        return Response(ReportSerializer(selectors.report_by_id(report_id)).data)
