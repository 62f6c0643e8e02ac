"""How large a request over HTTP may be; asked before Django, which first keeps the whole body in memory or a file."""

from collections.abc import Mapping
from typing import Any

import msgspec

from realtime.doors.proxies import UNKEPT
from realtime.errors import TooLarge
from realtime.transport.asgi import Application, Receive, Scope, Send

MOST_BYTES = 5 * 1024 * 1024
"""A chapter of 500,000 characters in a script of three bytes, as a form writes it, is 4.5 MB."""
MOST_UPLOAD_BYTES = 21 * 1024 * 1024
"""A form with files; the largest is a sound of 20 MiB, see `social.limits`."""

_LONGEST_SIZE = 18
"""More digits than a body's size can have; Python refuses to read thousands of them."""
_UPLOAD = b"multipart/form-data"


class BoundedBodies:
    """Refuses a body that says it is too large, and breaks off one that becomes so, with 413 and the error shape.

    Whatever is received until then is bounded by the same numbers. Sockets, polling and streams have bounds of
    their own.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        is_upload = headers.get(b"content-type", b"").lstrip().lower().startswith(_UPLOAD)
        most = MOST_UPLOAD_BYTES if is_upload else MOST_BYTES
        said = headers.get(b"content-length", b"")
        if said.isdigit() and (len(said) > _LONGEST_SIZE or int(said) > most):
            await _refuse(send, most)
            return
        received = 0

        async def bounded() -> Mapping[str, Any]:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # Django takes it that the client is gone: it drops what it has, and answers nothing.
            return message if received <= most else {"type": "http.disconnect"}

        await self._application(scope, bounded, send)
        if received > most:
            await _refuse(send, most)


async def _refuse(send: Send, most: int) -> None:
    refusal = TooLarge(f"A request of this kind may have {most // 1024 // 1024} MiB at most.")
    body = msgspec.json.encode(refusal.as_dict())
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # what is still on its way is not waited for
        *UNKEPT,
    ]
    await send({"type": "http.response.start", "status": refusal.http_status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
