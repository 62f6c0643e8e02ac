"""How large requests over HTTP may be."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.conf import settings

from books import limits as books
from livrya.asgi import application
from livrya.site import bodies
from social import limits as social

FORM, JSON = b"multipart/form-data; boundary=x", b"application/json"
MIB = 1024 * 1024


async def post(kind: bytes, parts: Sequence[bytes], length: int | None = None) -> tuple[int, Any, int]:
    """Posts to the whole application; returns the status, the answer, and how many parts were taken."""
    headers = [(b"content-type", kind), (b"host", b"localhost")]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    waiting = list(parts)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()  # the client stays
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/auth/token/",
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "client": ("192.0.2.1", 0),
    }
    await application(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], json.loads(body), len(parts) - len(waiting)


@pytest.mark.parametrize(("kind", "most"), [(JSON, bodies.MOST_BYTES), (FORM, bodies.MOST_UPLOAD_BYTES)])
async def test_a_body_that_says_it_is_too_large_is_refused_unread(kind: bytes, most: int) -> None:
    status, body, taken = await post(kind, [b"x"], length=most + 1)
    assert (status, body["code"], body["retryable"], taken) == (413, "TOO_LARGE", False, 0)


@pytest.mark.parametrize(("kind", "most"), [(JSON, bodies.MOST_BYTES), (FORM, bodies.MOST_UPLOAD_BYTES)])
@pytest.mark.parametrize("said", [None, 10])
async def test_a_body_that_says_nothing_or_lies_is_broken_off(kind: bytes, most: int, said: int | None) -> None:
    allowed = most // MIB
    status, body, taken = await post(kind, [b"x" * MIB] * (allowed + 5), length=said)
    assert (status, body["code"], taken) == (413, "TOO_LARGE", allowed + 1)


@pytest.mark.django_db(transaction=True)
async def test_what_is_not_too_large_reaches_its_view() -> None:
    status, body, _ = await post(JSON, [b'"', b"x" * (bodies.MOST_BYTES - 2), b'"'], length=bodies.MOST_BYTES)
    assert (status, body["code"]) == (400, "VALIDATION")


def test_the_bounds_leave_room_for_the_longest_text_and_the_largest_file() -> None:
    escaped_bytes = len("%E4%B8%80")
    assert books.CHAPTER * escaped_bytes < bodies.MOST_BYTES == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert max(social.AUDIO_BYTES, social.FILE_BYTES) < bodies.MOST_UPLOAD_BYTES
