"""What the views of groups have in common."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar

import msgspec
from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livrya.kit.api.pages import CursorPages

M = TypeVar("M", bound=Model)

PAGED = [
    OpenApiParameter("cursor"),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": CursorPages.max_page_size, "default": CursorPages.page_size},
    ),
]
"""What a list takes, see `livrya.kit.api.pages`."""


class MembersView(APIView):
    """Base: groups are for people who are signed in."""

    permission_classes = (IsAuthenticated,)


class ListView(MembersView):
    """A list in pages; `order` follows the rule of `livrya.kit.cursors.page`."""

    order: ClassVar[Sequence[str]] = ("-id",)

    def page(
        self,
        request: Request,
        rows: QuerySet[M],
        show: Callable[[Sequence[M]], Iterable[msgspec.Struct]],
        **beside: Callable[[], Any],
    ) -> Response:
        """Returns a page of `rows` as `show` makes them travel; `beside` is asked for what else it has."""
        pages = CursorPages()
        found = pages.paginate_queryset(rows, request, self)
        results = [msgspec.to_builtins(one) for one in show(found)]
        return Response({"results": results, "next": pages.next, **{name: say() for name, say in beside.items()}})
