"""Blocking and muting, and the lists of both."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livrya.accounts import selectors
from livrya.accounts.api.authentication import asker
from livrya.accounts.api.serializers import BlockedSerializer, MutedSerializer
from livrya.accounts.models import Block, Mute
from livrya.accounts.services import blocking


class BlockView(APIView):
    """Whether the asker blocks somebody; putting and deleting may be repeated."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="block", request=None, responses={204: None})
    def put(self, request: Request, username: str) -> Response:
        blocking.block(actor=asker(request), user=selectors.person(username))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="unblock", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        blocking.unblock(actor=asker(request), user=selectors.person(username))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MuteView(APIView):
    """Whether the asker mutes somebody; putting and deleting may be repeated."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="mute", request=None, responses={204: None})
    def put(self, request: Request, username: str) -> Response:
        blocking.mute(actor=asker(request), user=selectors.person(username))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="unmute", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        blocking.unmute(actor=asker(request), user=selectors.person(username))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(get=extend_schema(operation_id="blockedPeople"))
class BlockedView(generics.ListAPIView[Block]):
    """Whom the asker has blocked, the newest first."""

    permission_classes = (IsAuthenticated,)
    serializer_class = BlockedSerializer
    queryset = Block.objects.none()
    order = selectors.FOLLOW_ORDER

    def get_queryset(self) -> QuerySet[Block]:
        return selectors.blocked_people(asker(self.request))

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset


@extend_schema_view(get=extend_schema(operation_id="mutedPeople"))
class MutedView(generics.ListAPIView[Mute]):
    """Whom the asker has muted, the newest first."""

    permission_classes = (IsAuthenticated,)
    serializer_class = MutedSerializer
    queryset = Mute.objects.none()
    order = selectors.FOLLOW_ORDER

    def get_queryset(self) -> QuerySet[Mute]:
        return selectors.muted_people(asker(self.request))

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset
