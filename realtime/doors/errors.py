"""What a door refuses by itself, before any command is reached."""

from enum import Enum
from typing import Any

from realtime.errors import ApplicationError, CloseCode


class MalformedPacket(ApplicationError):
    """The client broke its wire's protocol; the connection ends, since nothing after it can be trusted."""

    code = "MALFORMED_PACKET"
    http_status = 400
    message = "That is no valid packet."


class Refusal(Enum):
    """Why an Engine.IO request is refused: the number and words that its clients know."""

    UNKNOWN_TRANSPORT = (0, "Transport unknown")
    UNKNOWN_SESSION = (1, "Session ID unknown")
    BAD_METHOD = (2, "Bad handshake method")
    BAD_REQUEST = (3, "Bad request")
    FORBIDDEN = (4, "Forbidden")
    UNSUPPORTED_VERSION = (5, "Unsupported protocol version")


class RequestRefused(ApplicationError):
    """An Engine.IO request that belongs to no open session, or breaks the rules of its transport.

    `why` is for the log: a client gets no more than its protocol has words for.
    """

    code = "ENGINE_REQUEST_REFUSED"
    http_status = 400
    message = "The request was refused."

    def __init__(self, refusal: Refusal, why: str = "") -> None:
        number, words = refusal.value
        super().__init__(words)
        self.refusal = refusal
        self.why = why or words
        self.body: dict[str, Any] = {"code": number, "message": words}


_CLOSE_CODES: dict[str, CloseCode] = {
    "UNAUTHENTICATED": CloseCode.UNAUTHENTICATED,
    "TOKEN_EXPIRED": CloseCode.TOKEN_EXPIRED,
    "FORBIDDEN": CloseCode.FORBIDDEN,
    "NOT_FOUND": CloseCode.PROTOCOL_ERROR,
    "UNAVAILABLE": CloseCode.SERVICE_RESTART,
    "RATE_LIMITED": CloseCode.TOO_MANY_CONNECTIONS,
    "TOO_MANY_CONNECTIONS": CloseCode.TOO_MANY_CONNECTIONS,
}


def close_code(error: ApplicationError) -> CloseCode:
    """Returns the close code for an error that ends a connection."""
    return _CLOSE_CODES.get(error.code, CloseCode.SERVICE_RESTART)
