"""Commands on their way: from a door's words to a handler and back to one answer."""

import logging
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec
from django.db import DatabaseError, InterfaceError

from realtime.contracts import Alias, Payload, with_numbers
from realtime.errors import ApplicationError, CloseCode, Internal, Unavailable, UnknownCommand, ValidationFailed
from realtime.hub.hub import Hub
from realtime.hub.room import HubSession
from realtime.log import idempotency
from realtime.log.flushing import is_outage
from realtime.namespaces import Call, Handler
from realtime.positions import Position
from realtime.transport.wire import Ack, encode_json

logger = logging.getLogger(__name__)

MAX_REQUEST_ID = 100

_CLAIMS = frozenset({"userId", "userName", "username"})
"""Who a client says that it is. Older clients add it to every object; the session knows better."""


class Caller(HubSession, Protocol):
    """The session of a command, as its carrying out needs to know it; `realtime.sessions.session` has it."""

    hub: Hub

    @property
    def actor_key(self) -> str:
        """Whose requestIds they are."""


class Request(msgspec.Struct, kw_only=True):
    """One command as a door read it: by name, with an object or with positional arguments.

    `payload` is JSON not decoded yet (`msgspec.Raw`), or decoded. `answer` is called exactly once, on the
    loop, or never when the session has ended; None when the client wants no answer.
    """

    name: str
    payload: Any = None
    args: Sequence[Any] | None = None
    request_id: str | None = None
    answer: Callable[[Ack], None] | None = None


def refusal(error: ApplicationError) -> Ack:
    """Returns the answer that says no."""
    return Ack(False, error=error.as_dict())


async def carry_out(session: Caller, request: Request) -> Ack:
    """Runs one command; whatever goes wrong becomes an answer in the one error shape."""
    hub = session.hub
    hub.statistics.commands += 1
    try:
        answer = await _run(session, request)
    except ApplicationError as error:
        answer = refusal(error)
    except (DatabaseError, InterfaceError) as error:
        if not is_outage(error):
            logger.exception("The database refused %s.", request.name)
        answer = refusal(Unavailable(retry_after_ms=1000))
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("Command %s failed (%s).", request.name, reference)
        answer = refusal(Internal(details={"reference": reference}))
    end_if_abusive(session)
    if not answer.success:
        hub.statistics.command_errors += 1
    logger.debug("%s %s %s → %s", session.connection.id, session.namespace.name, request.name, answer)
    return answer


def end_if_abusive(session: Caller) -> None:
    """Ends the session of whoever goes on for long without waiting."""
    limits = session.connection.limits
    if limits is not None and limits.abusive:
        session.end(CloseCode.ABUSE, "Too many commands for too long.")


async def _run(session: Caller, request: Request) -> Ack:
    request_id = request.request_id
    if request_id is not None and not 0 < len(request_id) <= MAX_REQUEST_ID:
        raise ValidationFailed(f"A requestId has 1 to {MAX_REQUEST_ID} characters.", details={"field": "requestId"})
    found = session.namespace.commands.get(request.name)
    limits = session.connection.limits
    if limits is not None:
        await limits.charge(session.identity, found[0].contract.cost if found else 1)
    if found is None:
        raise UnknownCommand(details={"type": request.name[:100]})
    handler, alias = found
    command = decode(handler, alias, request)
    room = handler.lane(command) if handler.lane else None
    present = room is not None and session.is_present(room)
    call = Call(session.identity, session.connection.id, request_id, session, present)
    if handler.is_async:
        return Ack(True, await handler.run(call, command))
    if not handler.contract.durable and handler.lane is None:
        return Ack(True, await session.hub.handlers.run(handler.run, call, command))
    lane = room.name if room else session.actor_key
    work = partial(
        _run_durably if handler.contract.durable else _run_once_here, session.actor_key, handler, call, command
    )
    data, positions = await session.hub.lanes.run(lane, work, batchable=handler.contract.durable)
    return Ack(True, data, position=_position_of(lane, positions))


def decode(handler: Handler, alias: Alias, request: Request) -> Payload:
    """Returns the command's payload, validated. Raises ValidationFailed with the place of the fault.

    What a door has decoded itself (Socket.IO) may have its ids as text, and may say who the sender is, which is
    ignored; JSON of the JSON door is taken as it is.
    """
    payload_type = handler.contract.payload
    try:
        if request.args is not None:
            payload: Any = _named(handler, alias, request.args)
        else:
            payload = request.payload
        if isinstance(payload, msgspec.Raw):
            if not alias.renamed:
                return msgspec.json.decode(payload, type=payload_type)
            payload = msgspec.json.decode(payload)
        if isinstance(payload, dict):
            payload = with_numbers(payload_type, _without_claims(payload_type, _renamed(alias, payload)))
        return msgspec.convert({} if payload is None else payload, payload_type)
    except msgspec.ValidationError as error:
        raise ValidationFailed(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValidationFailed("The payload is not valid JSON.") from error


def _named(handler: Handler, alias: Alias, args: Sequence[Any]) -> dict[str, Any]:
    """Maps positional arguments onto the fields; a single object is the payload itself."""
    if len(args) == 1 and isinstance(args[0], dict):
        return args[0]
    fields = alias.fields or handler.contract.positional().fields
    if len(args) > len(fields):
        raise ValidationFailed(f"{alias.name} takes at most {len(fields)} arguments.")
    return {field: value for field, value in zip(fields, args, strict=False) if field is not None and value is not None}


def _renamed(alias: Alias, payload: dict[str, Any]) -> dict[str, Any]:
    """Returns the payload under the contract's own names."""
    if not alias.renamed:
        return payload
    given = [(alias.renamed.get(said, said), value) for said, value in payload.items()]
    meant = [(name, value) for name, value in given if name is not None]
    if len(dict(meant)) < len(meant):
        raise ValidationFailed("A field is given twice, under two names.")
    return dict(meant)


def _without_claims(payload_type: type[Payload], payload: dict[str, Any]) -> dict[str, Any]:
    """Returns the payload without who the sender claims to be; a user id that the command is about is kept."""
    claimed = payload.keys() & _CLAIMS - set(payload_type.__struct_encode_fields__)
    return {name: value for name, value in payload.items() if name not in claimed} if claimed else payload


def _run_once_here(actor_key: str, handler: Handler, call: Call, command: Payload) -> tuple[Any, dict[str, Position]]:
    return handler.run(call, command), {}


def _run_durably(actor_key: str, handler: Handler, call: Call, command: Payload) -> tuple[Any, dict[str, Position]]:
    """In a lane's thread: the first answer to a repeated requestId, else the handler's own."""
    kept = call.request_id is not None and handler.contract.repeatable
    payload_hash = idempotency.fingerprint(handler.contract.name, encode_json(command)) if kept else ""
    request_id = call.request_id if kept else None
    outcome = idempotency.run_once(actor_key, request_id, payload_hash, partial(handler.run, call, command))
    return msgspec.Raw(outcome.data), outcome.positions


def _position_of(lane: str, positions: dict[str, Position]) -> dict[str, Any] | None:
    """Returns the position of the command's event in its own room, or in the first that got one."""
    room = lane if lane in positions else next(iter(positions), None)
    if room is None:
        return None
    return {"room": room, "epoch": positions[room].epoch, "seq": positions[room].seq}
