"""How the API reads JSON: whatever a body holds, it is taken or refused."""

import io
from collections.abc import Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from realtime import scalars_only


class Json(JSONParser):
    """DRF's parser, for UTF-8 alone (RFC 8259), refusing what is nested more deeply than Python can follow.

    Halves of surrogate pairs are taken out as at the doors: a refusal that repeats one could not be written.
    """

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            text = scalars_only(stream.read().decode())
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        try:
            return super().parse(io.BytesIO(text.encode()), media_type, {**(parser_context or {}), "encoding": "utf-8"})
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error
