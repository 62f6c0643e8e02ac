"""For those who build on Livrya: the REST API and the live events, side by side."""

from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from livrya.site.pages.manual import SOURCES, rendered
from realtime.exporting.asyncapi import asyncapi
from realtime.exporting.catalogue import catalogue


def index(request: HttpRequest) -> HttpResponse:
    """Shows what there is to read."""
    return render(request, "pages/developers.html", {"sources": SOURCES})


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows one page of the manual."""
    if slug not in SOURCES:
        raise Http404
    return render(request, "pages/manual.html", {"page": rendered(slug), "slug": slug, "sources": SOURCES})


def asyncapi_document(request: HttpRequest) -> JsonResponse:
    """Gives programs the live events and commands, as this server knows them."""
    return JsonResponse(_document(), json_dumps_params={"ensure_ascii": False})


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    return asyncapi(catalogue())
