"""Serves the site's own files and the pictures that people uploaded, whole, as an ASGI server wants them."""

import re
from typing import Any

from django.conf import settings
from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.static import serve
from whitenoise.middleware import WhiteNoiseMiddleware

# One range, of numbers that a file's size may have (RFC 9110, section 14.1.2).
_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})", re.ASCII)


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


def private(request: HttpRequest, file: File[bytes], *, content_type: str, name: str, inline: bool) -> HttpResponse:
    """Answers with a file that only some may have; the caller has asked whether this one may.

    One range of it, as players ask for. Nothing but its own kind may be made of it, wherever it is opened.
    """
    with file.open("rb") as opened:
        size = file.size
        part = _range(request.headers.get("Range", ""), size)
        if part is None:
            response = HttpResponse(opened.read(), content_type=content_type)
        else:
            opened.seek(part.start)
            response = HttpResponse(opened.read(len(part)), content_type=content_type, status=206)
            response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    return response


def _range(asked: str, size: int) -> range | None:
    """Returns the bytes that a Range header asks for; None for the whole file, also where that is not understood."""
    match = _RANGE.fullmatch(asked)
    if match is None:
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last and int(last) else None
    stop = min(int(last) + 1, size) if last else size
    return range(int(first), stop) if int(first) < stop else None
