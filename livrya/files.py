"""Serves the site's own files and the pictures that people uploaded, whole, as an ASGI server wants them."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.static import serve
from whitenoise.middleware import WhiteNoiseMiddleware


def whole(response: HttpResponseBase) -> HttpResponseBase:
    """Returns the response with its content in memory.

    A file's synchronous iterator is read whole under ASGI anyway, in a thread and with a warning; what is
    served here is small: built assets, and pictures that were re-encoded.
    """
    if not isinstance(response, FileResponse):
        return response
    content = b"".join(response)
    response.close()
    return HttpResponse(content, status=response.status_code, headers=dict(response.items()))


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # WhiteNoise has no types
    """WhiteNoise, giving whole responses."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponseBase:
        return whole(WhiteNoiseMiddleware.serve(static_file, request))


def upload(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serves a picture from MEDIA_ROOT: covers and avatars, which everybody may see; names are unguessable."""
    response = whole(serve(request, path, document_root=str(settings.MEDIA_ROOT)))
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
