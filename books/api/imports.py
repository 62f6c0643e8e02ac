"""Files of other programs: sent, looked at, accepted or dismissed; by whoever sent them, and nobody else."""

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from books.api.serializers.imports import AcceptSerializer, FileSerializer, ImportSerializer
from books.api.views import created, gone, viewer
from books.selectors.imports import get_import
from books.services import imports as services
from livrya.accounts.api.authentication import asker
from livrya.kit.api.reading import body


class ImportsView(APIView):
    """Reads a file; what it holds is kept for a day, and nothing of it is written."""

    parser_classes = (MultiPartParser,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="beginImport", request=FileSerializer, responses={201: ImportSerializer})
    def post(self, request: Request) -> Response:
        upload = body(request, FileSerializer)["file"]
        return created(ImportSerializer(services.begin_import(actor=asker(request), upload=upload)).data)


class ImportView(APIView):
    """What a file holds, chapter by chapter."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="import", responses=ImportSerializer)
    def get(self, request: Request, import_id: int) -> Response:
        return Response(ImportSerializer(get_import(viewer(request), import_id)).data)

    @extend_schema(operation_id="dismissImport", responses={204: None})
    def delete(self, request: Request, import_id: int) -> Response:
        services.dismiss_import(actor=asker(request), import_id=import_id)
        return gone()


class AcceptImportView(APIView):
    """Writes chapters of a file; asked again it finishes what was interrupted, and writes nothing twice."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="acceptImport", request=AcceptSerializer, responses=ImportSerializer)
    def post(self, request: Request, import_id: int) -> Response:
        wanted = body(request, AcceptSerializer)
        return Response(
            ImportSerializer(services.accept_import(actor=asker(request), import_id=import_id, **wanted)).data
        )
