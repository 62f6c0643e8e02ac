"""What every answer over HTTP says beside its content: who may keep it, and what a page may ask a browser for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from livrya.kit.api.outside import is_of_the_api

# Nothing here needs a camera, a place or a purse; a script that got in shall not have them either.
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "hid", "midi", "display-capture")
)
_PAGES = "private, no-cache"
"""Pages know who looks. Not `no-store`: browsers would forget them on the way back, too."""
_API = "private, no-store"


class HeadersMiddleware:
    """Sets `Cache-Control` where a view has not (files say themselves how long they may be kept), and permissions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        response.headers.setdefault("Cache-Control", _API if is_of_the_api(request) else _PAGES)
        return response
