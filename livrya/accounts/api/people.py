"""Profiles and following."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livrya.accounts import selectors
from livrya.accounts.api.authentication import asker, visitor
from livrya.accounts.api.serializers import FollowedSerializer, FollowerSerializer, ProfileSerializer
from livrya.accounts.models import Follow
from livrya.accounts.services import following


class ProfileView(APIView):
    """Somebody's page."""

    @extend_schema(operation_id="person", responses=ProfileSerializer)
    def get(self, request: Request, username: str) -> Response:
        return Response(ProfileSerializer(selectors.profile(username, visitor(request))).data)


class FollowView(APIView):
    """Whether the asker follows somebody; putting and deleting may be repeated."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="follow", request=None, responses={204: None})
    def put(self, request: Request, username: str) -> Response:
        following.follow(actor=asker(request), user=selectors.person(username))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="unfollow", responses={204: None})
    def delete(self, request: Request, username: str) -> Response:
        following.unfollow(actor=asker(request), user=selectors.person(username))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema_view(get=extend_schema(operation_id="followers"))
class FollowersView(generics.ListAPIView[Follow]):
    """Who follows somebody, the newest first."""

    serializer_class = FollowerSerializer
    queryset = Follow.objects.none()
    order = selectors.FOLLOW_ORDER

    def get_queryset(self) -> QuerySet[Follow]:
        return selectors.followers(selectors.person(self.kwargs["username"]))

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset


@extend_schema_view(get=extend_schema(operation_id="following"))
class FollowingView(FollowersView):
    """Whom somebody follows, the newest first."""

    serializer_class = FollowedSerializer

    def get_queryset(self) -> QuerySet[Follow]:
        return selectors.following(selectors.person(self.kwargs["username"]))
