from django.http import HttpRequest, HttpResponse
from django.urls import path

from realtime.ops.health import healthz, readyz


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page beside the doors")


def no_icon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)  # browsers ask for it by themselves


urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("page/", page),
    path("favicon.ico", no_icon),
]
