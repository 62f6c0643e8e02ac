"""Lets commands on the same host ask running server processes who is there and what they count.

Each process answers on a Unix socket of its own, one JSON line per question; no Redis, no port.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from realtime.conf import realtime_settings
from realtime.hub.hub import Hub
from realtime.hub.parts import Part
from realtime.hub.room import HubSession
from realtime.hub.statistics import percentiles

logger = logging.getLogger(__name__)

_ANSWER_SECONDS = 5.0
_MAX_QUESTION_BYTES = 4096
_MEMBERS_A_TURN = 1_000
"""So many are looked at before deliveries go on, 1 to 4 ms; one room of 10,000 people takes 5 ms."""


class Inspection(Part):
    """The answering side. Without a directory in the settings it does nothing."""

    hub: Hub

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._server: asyncio.Server | None = None
        self._path: Path | None = None

    async def start(self) -> None:
        directory = realtime_settings().inspection_dir
        if directory is None:
            return
        path = Path(directory) / f"{os.getpid()}-{self.hub.id[:4]}.sock"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._server = await asyncio.start_unix_server(self._answer, path)
            self._path = path
        except OSError as error:  # a path too long for a socket, a directory that is not ours: nothing depends on it
            logger.warning("realtime_stats and realtime_connections will not see this process: %s", error)

    async def stop(self) -> None:
        if self._server is not None and self._path is not None:
            self._server.close()
            with contextlib.suppress(OSError):
                self._path.unlink()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            question = json.loads((await reader.readline())[:_MAX_QUESTION_BYTES])
            answer = await self._found(question)
            writer.write(msgspec.json.encode(answer) + b"\n")  # large ones several times as fast as json
            await writer.drain()
        except (OSError, ValueError, KeyError, TypeError):
            logger.debug("A question to this process was not understood.", exc_info=True)
        finally:
            writer.close()

    async def _found(self, question: dict[str, Any]) -> Any:
        match question["ask"]:
            case "statistics":
                return self._statistics()
            case "overview":
                return await self._overview()
        return self._connections(question)

    async def _overview(self) -> dict[str, Any]:
        """What several processes' answers can be added up from; the engine's own memberships left out."""
        rooms: dict[str, dict[str, Any]] = {}
        looked_at = 0
        for state in list(self.hub.rooms.values()):
            everybody = state.members
            members = [member for member in everybody if not member.watching]
            if members or not everybody:
                users = {member.session.identity.user_id for member in members} - {None}
                sockets = len({member.connection.id for member in members})
                seq = state.seq if state.loaded else None
                rooms[state.name] = {"users": list(users), "sockets": sockets, "seq": seq}
            looked_at += 1 + len(everybody)
            if looked_at > _MEMBERS_A_TURN:
                looked_at = 0
                await asyncio.sleep(0)
        users = {session.identity.user_id for session in self.hub.sessions()} - {None}
        latencies = list(self.hub.statistics.latencies_ms)
        return {"counted": self._statistics(), "latenciesMs": latencies, "users": list(users), "rooms": rooms}

    def _statistics(self) -> dict[str, Any]:
        hub = self.hub
        counted = hub.statistics
        return {
            "process": os.getpid(),
            "startedAt": int(counted.started_at * 1000),
            "connections": len(hub.connections),
            "connectionsOpened": counted.connections_opened,
            "resumptions": counted.resumptions,
            "sessions": len(hub.sessions()),
            "rooms": len(hub.rooms),
            "members": sum(state.live_count for state in hub.rooms.values()),
            "events": counted.events,
            "deliveries": counted.deliveries,
            "commands": counted.commands,
            "commandErrors": counted.command_errors,
            "duplicates": counted.duplicates,
            "gapReads": counted.gap_reads,
            "resets": counted.resets,
            "demotions": counted.demotions,
            "hintsSent": counted.hints_sent,
            "hintsDropped": counted.hints_dropped,
            "swept": counted.swept,
            "deliveryLatencyMs": percentiles(counted.latencies_ms),
            "layer": "ok" if hub.layer.healthy else "down",
        }

    def _connections(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        room, user = question.get("room"), question.get("user")
        return [
            self._describe(session)
            for session in self.hub.sessions()
            if (room is None or room in session.memberships)
            and (user is None or user in (str(session.identity.user_id), session.identity.username))
        ]

    def _describe(self, session: HubSession) -> dict[str, Any]:
        connection, identity = session.connection, session.identity
        return {
            "process": os.getpid(),
            "connectionId": connection.id,
            "address": connection.address,
            "namespace": session.namespace.name,
            "userId": identity.user_id,
            "username": identity.username,
            "buffered": connection.buffered(),
            "congested": connection.congested,
            "rooms": {
                name: {"phase": member.phase.name, "place": member.place(), "present": member.present}
                for name, member in session.memberships.items()
            },
        }


def ask_processes(question: dict[str, Any]) -> Iterator[Any]:
    """Yields the answer of every running server process on this host; those that are gone are skipped."""
    directory = realtime_settings().inspection_dir
    if directory is None:
        return
    for path in sorted(Path(directory).glob("*.sock")):
        try:
            with socket.socket(socket.AF_UNIX) as asking:
                asking.settimeout(_ANSWER_SECONDS)
                asking.connect(str(path))
                asking.sendall(json.dumps(question).encode() + b"\n")
                with asking.makefile("rb") as answer:
                    yield json.loads(answer.readline())
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)  # its process was killed
        except (OSError, ValueError) as error:
            logger.warning("The process at %s does not answer: %s", path.name, error)
