"""Lists come in pages: `?limit=` and `?cursor=`; the answer is `{"results": […], "next": cursor or null}`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from livrya.kit.cursors import page
from realtime.errors import ValidationFailed

if TYPE_CHECKING:  # DRF's views import the pagination of the settings
    from rest_framework.views import APIView


class CursorPages(BasePagination):
    """Pagination of generic views: `pagination_class = CursorPages`, and `order = ("-created_at", "-id")` on the view.

    `order` follows the rule of `livrya.kit.cursors.page`. Subclass for another page size.
    """

    page_size = 20
    max_page_size = 100

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        order: Sequence[str] = getattr(view, "order", ("-id",))
        found = page(queryset, order, cursor=request.query_params.get("cursor"), limit=self.limit(request))
        self.next = found.next
        return found.rows

    def limit(self, request: Request) -> int:
        """Returns how many rows the request wants. Raises ValidationFailed when that is out of bounds."""
        asked = request.query_params.get("limit", str(self.page_size))
        if not (asked.isascii() and asked.isdigit() and len(asked) <= 4 and 1 <= int(asked) <= self.max_page_size):
            sentence = f"Give a whole number from 1 to {self.max_page_size}."
            raise ValidationFailed(details={"fields": {"limit": sentence}})
        return int(asked)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": "string",
                    "nullable": True,
                    "description": "the cursor of the next page; null on the last one",
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "schema": limit},
        ]


class PositionedPages(CursorPages):
    """A page that says at which position a room was when it was read; the view sets `position` before it answers."""

    position: dict[str, Any]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next, "position": self.position})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        page["required"].append("position")
        page["properties"]["position"] = {
            "type": "object",
            "required": ["epoch", "seq"],
            "properties": {"epoch": {"type": "string"}, "seq": {"type": "integer"}},
        }
        return page
