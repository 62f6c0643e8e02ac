"""One's own notifications."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import realtime
from livrya.accounts.api.authentication import asker
from livrya.kit.api.instants import position
from livrya.kit.api.pages import PositionedPages
from livrya.kit.api.reading import body, flag
from notifications import selectors, services
from notifications.api import serializers
from notifications.events import NotificationsRoom
from notifications.models import Notification


@extend_schema_view(
    get=extend_schema(
        operation_id="notifications",
        parameters=[OpenApiParameter("unread", OpenApiTypes.BOOL, description="only those that are not read")],
    )
)
class NotificationsView(generics.ListAPIView[Notification]):
    """The asker's notifications, the newest first, and the position of the bell's room."""

    permission_classes = (IsAuthenticated,)
    serializer_class = serializers.NotificationSerializer
    queryset = Notification.objects.none()
    order = selectors.ORDER
    pagination_class = PositionedPages

    def get_queryset(self) -> QuerySet[Notification]:
        return selectors.notifications_of(asker(self.request), unread=flag(self.request, "unread"))

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        pages = self.paginator
        assert isinstance(pages, PositionedPages)
        with realtime.snapshot() as instant:
            answer = self.get_serializer(self.paginate_queryset(self.get_queryset()), many=True).data
            pages.position = position(instant, NotificationsRoom(asker(request).pk))
        return pages.get_paginated_response(answer)


class ReadView(APIView):
    """Marks notifications as read."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="readNotifications", request=serializers.ReadSerializer, responses=serializers.UnreadSerializer
    )
    def post(self, request: Request) -> Response:
        given = body(request, serializers.ReadSerializer)
        return Response({"unread": services.mark_read(actor=asker(request), ids=given.get("ids"))})


class PreferencesView(APIView):
    """Which kinds of notification the asker wants."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="notificationPreferences", responses=serializers.PreferenceSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self._answer(request)

    @extend_schema(
        operation_id="putNotificationPreferences",
        request=serializers.WantedSerializer,
        responses=serializers.PreferenceSerializer(many=True),
    )
    def put(self, request: Request) -> Response:
        services.set_preferences(actor=asker(request), **body(request, serializers.WantedSerializer))
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        rows = [
            {"kind": code, "label": label, "in_app": wanted}
            for code, label, wanted in selectors.preferences_of(asker(request))
        ]
        return Response(serializers.PreferenceSerializer(rows, many=True).data)
