"""What staff watch: the processes of this host added up, and how fast things have moved since the last look."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from redis import Redis, RedisError

from livrya.site.monitoring.events import Latencies, RoomsBySize, RoomStats, RoomUse, ServerProcess
from realtime.hub.statistics import percentiles
from realtime.ops.inspection import ask_processes
from realtime.rooms import parse_room
from social.events import GroupRoom
from social.models import Group

MOST_ROOMS = 100
_SIZES = (0, 1, 2, 5, 10, 50, 100, 500, 1_000)
_REDIS_SECONDS = 1.0
_RATES = ("connectionsOpened", "resumptions", "deliveries", "commands", "commandErrors")


@dataclass(frozen=True, slots=True)
class Look:
    """What was counted at one moment; two of them make rates. Processes by id and start, in Unix milliseconds."""

    at_ms: int
    counted: Mapping[tuple[int, int], Mapping[str, int]]
    seqs: Mapping[str, int]


@dataclass(slots=True)
class _InRoom:
    users: set[int] = field(default_factory=set)
    sockets: int = 0
    seq: int | None = None


def look(before: Look | None) -> tuple[RoomStats, Look]:
    """Asks every server process of this host; returns what staff see, and what the next look compares with.

    Without `before` every rate is None. Waits for processes that are slow to answer: not on the loop.
    """
    answers = list(ask_processes({"ask": "overview"}))
    rooms = _rooms(answers)
    counted = [answer["counted"] for answer in answers]
    now = Look(
        at_ms=time.time_ns() // 1_000_000,
        counted={(process["process"], process["startedAt"]): process for process in counted},
        seqs={name: room.seq for name, room in rooms.items() if room.seq is not None},
    )
    rates = _rates(before, now)
    commands = rates["commands"]
    stats = RoomStats(
        total_rooms=len(rooms),
        empty_rooms=sum(room.sockets == 0 for room in rooms.values()),
        total_users=len({user for answer in answers for user in answer["users"]}),
        rooms=_busiest(rooms, before, now),
        users_per_room=_by_size(rooms),
        connections=sum(process["connections"] for process in counted),
        connection_rate=rates["connectionsOpened"],
        reconnection_rate=rates["resumptions"],
        messages_per_second=rates["deliveries"],
        delivery_latency_ms=Latencies(**percentiles(ms for answer in answers for ms in answer["latenciesMs"])),
        error_rate=(rates["commandErrors"] or 0.0) / commands if commands else commands,
        redis_memory_bytes=_redis_memory(),
        processes=[
            ServerProcess(
                process=process["process"],
                started_at=process["startedAt"],
                connections=process["connections"],
                layer=process["layer"],
            )
            for process in counted
        ],
    )
    return stats, now


def _rooms(answers: Sequence[Mapping[str, Any]]) -> dict[str, _InRoom]:
    rooms: dict[str, _InRoom] = {}
    for answer in answers:
        for name, counted in answer["rooms"].items():
            room = rooms.setdefault(name, _InRoom())
            room.users.update(counted["users"])
            room.sockets += counted["sockets"]
            # One process may be behind another for a moment.
            room.seq = max((seq for seq in (room.seq, counted["seq"]) if seq is not None), default=None)
    return rooms


def _rates(before: Look | None, now: Look) -> dict[str, float | None]:
    """Returns how much of each was counted in a second, over all processes."""
    if before is None:
        return dict.fromkeys(_RATES)
    seconds = max(now.at_ms - before.at_ms, 1) / 1000
    grown = Counter[str]()
    for process, counted in now.counted.items():
        known = before.counted.get(process)
        if known is None and process[1] < before.at_ms:
            continue  # it did not answer then: when it counted these is not known
        for name in _RATES:
            grown[name] += counted[name] - (known[name] if known else 0)
    return {name: round(grown[name] / seconds, 3) for name in _RATES}


def _busiest(rooms: Mapping[str, _InRoom], before: Look | None, now: Look) -> list[RoomUse]:
    busiest = sorted(rooms.items(), key=lambda item: (-item[1].sockets, item[0]))[:MOST_ROOMS]
    created = _created(name for name, _ in busiest)
    return [
        RoomUse(
            room=name,
            user_count=len(room.users),
            socket_count=room.sockets,
            rate=_rate_of(name, before, now),
            created_at=created.get(name),
            type=name.partition(":")[0],
        )
        for name, room in busiest
    ]


def _rate_of(name: str, before: Look | None, now: Look) -> float | None:
    if before is None or name not in before.seqs or name not in now.seqs:
        return None
    seconds = max(now.at_ms - before.at_ms, 1) / 1000
    return round(max(now.seqs[name] - before.seqs[name], 0) / seconds, 3)


def _created(names: Any) -> dict[str, int]:
    groups = {room.group_id: room.name for room in map(parse_room, names) if isinstance(room, GroupRoom)}
    found = Group.objects.filter(pk__in=groups).values_list("pk", "created_at")
    return {groups[pk]: int(created_at.timestamp() * 1000) for pk, created_at in found}


def _by_size(rooms: Mapping[str, _InRoom]) -> list[RoomsBySize]:
    of = Counter(max(least for least in _SIZES if least <= len(room.users)) for room in rooms.values())
    return [RoomsBySize(at_least=least, rooms=of[least]) for least in _SIZES]


def _redis_memory() -> int | None:
    if settings.REDIS_URL is None:
        return None
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
        ) as asked:
            return int(asked.info("memory")["used_memory"])
    except (RedisError, OSError):
        return None
