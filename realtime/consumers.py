"""The JSON door, a consumer of Channels."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import msgspec

from realtime.conf import realtime_settings
from realtime.doors.errors import close_code
from realtime.doors.websocket import WebSocketConsumer
from realtime.errors import (
    ApplicationError,
    CloseCode,
    Internal,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    ValidationFailed,
)
from realtime.identity import ANONYMOUS, Identity
from realtime.namespaces import NAMESPACES, Namespace
from realtime.positions import Position
from realtime.sessions.authentication import Credentials, authenticate, credentials_of
from realtime.sessions.dispatch import Request, refusal
from realtime.sessions.session import Session, check_number_of_rooms
from realtime.transport.packets import Packet
from realtime.transport.scalars import scalars_only
from realtime.transport.wire import JSON, Ack

logger = logging.getLogger(__name__)


class Envelope(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One message of a client on the JSON door."""

    type: str
    request_id: str | None = None
    timestamp: int | float | None = None
    payload: msgspec.Raw = msgspec.Raw(b"{}")


class _RequestIdOnly(msgspec.Struct, rename="camel"):
    request_id: str | None = None


class _Resume(msgspec.Struct, forbid_unknown_fields=True):
    rooms: dict[str, Position | None]


class _Token(msgspec.Struct, forbid_unknown_fields=True):
    token: str


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_request_id = msgspec.json.Decoder(_RequestIdOnly).decode


class JsonConsumer(WebSocketConsumer):
    """The door `/ws/<namespace>/`: JSON messages under a subprotocol of their own. See docs/protocol.md."""

    session: Session | None = None
    _namespace: Namespace
    _deadline: asyncio.TimerHandle | None = None
    """Ends a connection that has no session when it says nothing that begins one."""
    _resumes: Identity | None = None

    def subprotocol(self, offered: list[str]) -> str | None:
        known = realtime_settings().subprotocol  # also where no hub starts, and it is turned away
        return known if known in offered else None

    async def opened(self) -> None:
        name = "/" + self.scope["url_route"]["kwargs"].get("namespace", "")
        try:
            namespace = NAMESPACES.get(name)
            if namespace is None:
                raise NotFound("There is no such namespace.")
            self._namespace = namespace
            await self.hub.seat(self.connection, ANONYMOUS)
            identity = await authenticate(self.hub, self.connection, credentials_of(self.scope), self.scope)
            if identity.is_anonymous and not namespace.admits(identity):
                self._await_first_message(Unauthenticated())
            elif b"resume" in self.scope.get("query_string", b"").split(b"&"):
                self._resumes = identity
                self._await_first_message(
                    ValidationFailed("The first message did not come in time."), CloseCode.HEARTBEAT_TIMEOUT
                )
            else:
                await self._open(identity)
        except ApplicationError as error:
            self._refuse(error)
        except Exception:
            logger.exception("Opening a session failed.")
            self._refuse(Unavailable())

    def last_words(self, error: ApplicationError, code: CloseCode) -> Sequence[Packet]:
        bye: dict[str, Any] = {"code": int(code), "reason": str(error)}
        if error.retry_after_ms is not None:
            bye["retryAfter"] = error.retry_after_ms
        return [JSON.notice("", "error", error.as_dict()), JSON.notice("", "bye", bye)]

    def _await_first_message(self, error: ApplicationError, code: CloseCode | None = None) -> None:
        seconds = self.hub.settings.auth_deadline_seconds
        self._deadline = self.hub.loop.call_later(seconds, self._refuse, error, code)

    def gone(self) -> None:
        self._in_time()

    def _in_time(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    async def _open(self, identity: Identity, resume: dict[str, Position | None] | None = None) -> dict[str, Any]:
        session = Session(self.hub, self.connection, JSON, self._namespace, identity)
        outcomes = await session.open(resume)
        self.session = session
        return outcomes

    def _refuse(self, error: ApplicationError, code: CloseCode | None = None) -> None:
        """Says why, then closes: a refused handshake would show a browser nothing but 1006."""
        connection, code = self.connection, code or close_code(error)
        for word in self.last_words(error, code):
            connection.write(word)
        connection.close(code, str(error))

    async def received(self, message: str | bytes) -> None:
        request_id: str | None = None
        try:
            if isinstance(message, bytes):
                raise ValidationFailed("Messages are text.")
            if len(message) > self.hub.settings.max_frame_bytes:
                raise TooLarge(f"A message has at most {self.hub.settings.max_frame_bytes} bytes.")
            envelope = self._envelope(message)
            request_id = envelope.request_id
            if envelope.type == "auth":
                await self._authenticate(envelope)
            elif self.session is None and self._resumes is None:
                raise Unauthenticated
            elif self.session is None and await self._open_as_asked(envelope):
                pass
            elif self.session is not None:
                self.session.submit(
                    Request(
                        name=envelope.type,
                        payload=envelope.payload,
                        request_id=request_id,
                        answer=lambda answer: self._answer(request_id, answer),
                    )
                )
        except ApplicationError as error:
            if isinstance(error, ValidationFailed) and request_id is None:
                request_id = _salvage_request_id(message)
            self._answer(request_id, refusal(await self._charged(error)))
        except Exception:
            logger.exception("A message could not be taken; its connection is closed.")
            self._refuse(Internal())

    async def _charged(self, error: ApplicationError) -> ApplicationError:
        """Counts a message that never became a command; returns what to answer."""
        limits = self.connection.limits
        if limits is None:
            return error
        try:
            await limits.charge(self.session.identity if self.session is not None else ANONYMOUS, 1)
        except ApplicationError as limited:
            if limits.abusive:
                self._refuse(limited, CloseCode.ABUSE)
            return limited
        return error

    def _envelope(self, message: str) -> Envelope:
        try:
            return _decode_envelope(scalars_only(message))
        except msgspec.ValidationError as error:
            raise ValidationFailed(str(error)) from error
        except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
            raise ValidationFailed("The message is not valid JSON.") from error

    def _answer(self, request_id: str | None, answer: Ack) -> None:
        if request_id is not None or not answer.success:
            self.connection.write(JSON.answer(request_id, answer))

    async def _open_as_asked(self, envelope: Envelope) -> bool:
        """The first message of a client that comes back; True when it was the resuming, and is answered by that."""
        identity, self._resumes = self._resumes, None
        assert identity is not None
        resuming = envelope.type == "session:resume"
        try:
            resume = msgspec.json.decode(envelope.payload, type=_Resume).rooms if resuming else {}
            check_number_of_rooms(self.hub, len(resume))
        except msgspec.DecodeError as error:
            self._resumes = identity
            raise ValidationFailed(str(error)) from error
        except ValidationFailed:
            self._resumes = identity
            raise
        self._in_time()
        try:
            outcomes = await self._open(identity, resume)
        except ApplicationError as error:
            self._refuse(error)
            return True
        if resuming:
            self._answer(envelope.request_id, Ack(True, {room: outcomes[room] for room in resume}))
        return resuming

    async def _authenticate(self, envelope: Envelope) -> None:
        """The first-message form of signing in: the session begins, or begins again as this person."""
        session = self.session
        if session is not None and not session.identity.is_anonymous:
            raise ValidationFailed("Already signed in; auth:refresh renews it.")
        try:
            token = msgspec.json.decode(envelope.payload, type=_Token).token
        except msgspec.DecodeError as error:
            raise ValidationFailed(str(error)) from error
        if self.connection.limits is not None:
            self.connection.limits.attempt()
        identity = await authenticate(self.hub, self.connection, Credentials(token=token), self.scope)
        self._in_time()
        if session is not None:
            self.session = None
            await session.close(clean=True)
        self._answer(envelope.request_id, Ack(True, {"userId": identity.user_id}))
        try:
            await self._open(identity)
        except ApplicationError as error:
            self._refuse(error)


def _salvage_request_id(message: str | bytes) -> str | None:
    """Returns the requestId of a message that is wrong otherwise, so that its sender knows what was refused."""
    try:
        return _decode_request_id(scalars_only(message) if isinstance(message, str) else message).request_id
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
