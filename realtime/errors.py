"""The closed catalogue of errors and close codes.

Every refusal anywhere (socket, API, admin, command line) is an `ApplicationError`; each edge translates it
once. Apps declare their own by subclassing with a `code` of their own. Nobody matches on message text.
See docs/codes.md, which is generated from this catalogue.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, ClassVar


class ApplicationError(Exception):
    """A refusal that a person or program can act on.

    A subclass declares `code` (the wire name), `http_status`, `retryable` (the same request may succeed
    later, unchanged) and `message` (a sentence for people, the default). One that `narrows` its parent is for programs
    that handle it apart; on the wire it is the parent.
    """

    code: ClassVar[str] = ""
    http_status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False
    message: ClassVar[str] = ""

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Mapping[str, Any] | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(message or type(self).message)
        self.details = details
        self.retry_after_ms = retry_after_ms

    def __init_subclass__(cls, *, narrows: bool = False) -> None:
        code = cls.__dict__.get("code")
        if narrows and code is None:
            return
        if not code:
            raise TypeError(f"{cls.__name__} declares no error code of its own.")
        if code in CATALOGUE:
            raise TypeError(f"{cls.__name__} repeats the error code {code}.")
        CATALOGUE[code] = cls

    def as_dict(self) -> dict[str, Any]:
        """Returns the one error shape: code, message, retryable, and retryAfter (ms) and details if any."""
        shape: dict[str, Any] = {"code": self.code, "message": str(self), "retryable": self.retryable}
        if self.retry_after_ms is not None:
            shape["retryAfter"] = self.retry_after_ms
        if self.details:
            shape["details"] = dict(self.details)
        return shape


CATALOGUE: dict[str, type[ApplicationError]] = {}
"""Every declared error by its code, in order of declaration."""


class Unauthenticated(ApplicationError):
    """Nobody is signed in, or the credentials are not valid."""

    code = "UNAUTHENTICATED"
    http_status = 401
    message = "Please sign in first."


class TokenExpired(ApplicationError):
    """The token was good once; refresh it and come back."""

    code = "TOKEN_EXPIRED"
    http_status = 401
    message = "Your sign-in has expired. Refresh it and try again."


class Forbidden(ApplicationError):
    """Signed in, but not allowed."""

    code = "FORBIDDEN"
    http_status = 403
    message = "You may not do that."


class NotFound(ApplicationError):
    """It does not exist, or the asker may not know that it does."""

    code = "NOT_FOUND"
    http_status = 404
    message = "There is no such thing here."


class NotJoined(ApplicationError):
    """The command needs its room to be joined first."""

    code = "NOT_JOINED"
    http_status = 409
    message = "Join the room first."


class ValidationFailed(ApplicationError):
    """The input is malformed; `details` names the field where one is known."""

    code = "VALIDATION"
    http_status = 400
    message = "The input is not valid."


class MalformedUpdate(ValidationFailed, narrows=True):
    """Bytes of a shared document that no client writes; they are refused for good, and nothing of them is kept."""

    message = "The update cannot be read."


class OutOfSync(ApplicationError):
    """It builds on something that is missing here. Send everything beyond the state vector in `details`."""

    code = "OUT_OF_SYNC"
    http_status = 409
    message = "Something is missing that this builds on."


class RateLimited(ApplicationError):
    """Too many, too fast; wait `retryAfter`."""

    code = "RATE_LIMITED"
    http_status = 429
    retryable = True
    message = "That was too fast. Please wait a moment."


class TooLarge(ApplicationError):
    """A frame, payload or upload exceeds its limit."""

    code = "TOO_LARGE"
    http_status = 413
    message = "That is too large."


class Conflict(ApplicationError):
    """The state does not allow it (any more)."""

    code = "CONFLICT"
    http_status = 409
    message = "That conflicts with what is there now."


class RequestIdReused(ApplicationError):
    """The same requestId came with another payload."""

    code = "REQUEST_ID_REUSED"
    http_status = 409
    message = "This requestId was already used for something else."


class UnknownCommand(ApplicationError):
    """No handler of this namespace has that name."""

    code = "UNKNOWN_COMMAND"
    http_status = 404
    message = "There is no such command here."


class Unavailable(ApplicationError):
    """A part that is needed does not answer; try again later."""

    code = "UNAVAILABLE"
    http_status = 503
    retryable = True
    message = "The service is not available right now. Please try again."


class Internal(ApplicationError):
    """A defect of ours; the log has the details under the same reference."""

    code = "INTERNAL"
    http_status = 500
    retryable = True
    message = "Something went wrong on our side."


class DocumentChanged(ApplicationError):
    """The shared document was begun anew: a copy of before would double everything in it."""

    code = "DOCUMENT_CHANGED"
    http_status = 409
    message = "This document was begun anew. Please reload: a copy of before cannot go on."


class ForeignClient(ApplicationError):
    """New content under somebody else's Yjs client id, which would make words vanish."""

    code = "FOREIGN_CLIENT"
    http_status = 403
    message = "That client id belongs to somebody else."


class CloseCode(IntEnum):
    """Why a connection was closed; the range says whether to come back.

    1012 and 4000–4499: reconnect with backoff. 4500–4999: do not reconnect by yourself.
    4012 replaces 1012 where the server (Daphne) can send no code of the standard's own.
    Source: RFC 6455 section 7.4; 4000–4999 is the range for applications.
    """

    NORMAL = 1000
    NOT_TEXT = 1007
    TOO_BIG = 1009
    SERVICE_RESTART = 1012
    HEARTBEAT_TIMEOUT = 4009
    COME_BACK = 4012
    TOKEN_EXPIRED = 4401
    TOO_MANY_CONNECTIONS = 4429
    UNAUTHENTICATED = 4501
    FORBIDDEN = 4503
    REVOKED = 4504
    ABUSE = 4508
    PROTOCOL_ERROR = 4509


def for_applications(code: int) -> int:
    """Returns the code as every server can send it: of the standard's own some send 1000 alone."""
    if code == CloseCode.SERVICE_RESTART:
        return CloseCode.COME_BACK.value
    return int(code) if 3000 <= code <= 4999 else CloseCode.NORMAL.value
