"""Versions of a chapter's draft: listed, named, compared, restored, deleted."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from books.api.serializers.chapters import ChapterRowSerializer
from books.api.serializers.versions import (
    ComparedSerializer,
    NewVersionSerializer,
    VersionRowSerializer,
    VersionSerializer,
)
from books.api.views import Listing, created, gone
from books.models import Version
from books.selectors import versions as selectors
from books.selectors.chapters import chapter_by_id
from books.services import versions as services
from livrya.accounts.api.authentication import asker
from livrya.kit.api.fields import IdField
from livrya.kit.api.reading import body


@extend_schema_view(get=extend_schema(operation_id="versions"))
class VersionsView(Listing[Version]):
    """A chapter's versions, the newest first; for those who may change it."""

    serializer_class = VersionRowSerializer
    queryset = Version.objects.none()
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> QuerySet[Version]:
        person = asker(self.request)
        return selectors.versions_of(person, chapter_by_id(person, self.kwargs["chapter_id"]))

    @extend_schema(operation_id="nameVersion", request=NewVersionSerializer, responses={201: VersionRowSerializer})
    def post(self, request: Request, chapter_id: int) -> Response:
        made = services.name_version(actor=asker(request), chapter_id=chapter_id, **body(request, NewVersionSerializer))
        return created(VersionRowSerializer(made).data)


class VersionView(APIView):
    """One version."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="version", responses=VersionSerializer)
    def get(self, request: Request, version_id: int) -> Response:
        return Response(VersionSerializer(selectors.version_by_id(asker(request), version_id)).data)

    @extend_schema(operation_id="deleteVersion", responses={204: None})
    def delete(self, request: Request, version_id: int) -> Response:
        services.delete_version(actor=asker(request), version_id=version_id)
        return gone()


class VersionChangesView(APIView):
    """What has changed from a version to another one of its chapter, or to the draft as it is now."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="versionChanges",
        parameters=[OpenApiParameter("to", int, description="The other version; without it the draft as it is now.")],
        responses=ComparedSerializer(many=True),
    )
    def get(self, request: Request, version_id: int) -> Response:
        to = request.query_params.get("to")
        other_id = None if to is None else IdField().run_validation(to)
        compared = services.compare_versions(actor=asker(request), version_id=version_id, other_id=other_id)
        return Response(ComparedSerializer(compared, many=True).data)


class RestoreVersionView(APIView):
    """Makes the draft say again what it said then."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="restoreVersion", request=None, responses=ChapterRowSerializer)
    def post(self, request: Request, version_id: int) -> Response:
        chapter = services.restore_version(actor=asker(request), version_id=version_id)
        return Response(ChapterRowSerializer(chapter).data)
