"""A process that is no server and writes all the time: transactions that overlap, and some that roll back.

`python -m tests.faults.outside HALL…`: each line on standard output is `{"mark", "committed"}` (null: nobody can
know), or `{"done": NUMBER}`. Orders come as lines of JSON on standard input: `{"number", "do": "let-in" | "revoke",
"user", "vault"}`, `{"number", "do": "say" | "say-unheard", "room", "text"}` (the latter without a hint to anybody),
`{"number", "do": "say-many", "room", "count"}`; its end ends the writing.
"""

import json
import os
import random
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.faults.settings")
django.setup()

from django.db import connection  # noqa: E402  # after the apps are loaded

import realtime  # noqa: E402
from realtime.errors import ApplicationError  # noqa: E402
from realtime.log import after_commit  # noqa: E402
from realtime.log.events import OutgoingEvent  # noqa: E402
from realtime.log.revocation import revoke  # noqa: E402
from realtime.models import Lease  # noqa: E402
from realtime.rooms import parse_room  # noqa: E402
from tests.realtime.app.events import HallRoom, Said, VaultRoom  # noqa: E402

_PAUSE_SECONDS = 0.1
_OVERLAP_SECONDS = 0.03

ending = threading.Event()


class _Undone(Exception):
    pass


def tell(line: dict[str, Any]) -> None:
    os.write(sys.stdout.fileno(), json.dumps(line).encode() + b"\n")  # whole lines, of several threads


def write(mark: str, halls: list[int], *, hold: float = 0.0, undo: bool = False) -> None:
    """One transaction that begins now, and writes and ends after `hold` seconds."""
    committed: bool | None = True
    try:
        with realtime.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")  # it has begun, for whoever compares
            time.sleep(hold)
            realtime.emit(HallRoom(random.choice(halls)), Said(text=mark))
            if undo:
                raise _Undone
    except _Undone:
        committed = False
    except ApplicationError:
        committed = None
    finally:
        connection.close()
    tell({"mark": mark, "committed": committed})


def write_on(name: str, halls: list[int], hold: float) -> None:
    number = 0
    while not ending.wait(_PAUSE_SECONDS * random.uniform(0.5, 1.5)):
        number += 1
        write(f"{name}-{number}", halls, hold=hold, undo=random.random() < 0.2)


def swallow(events: Sequence[OutgoingEvent]) -> None:
    """Hears of events instead of the publisher."""


def obey(order: dict[str, Any]) -> None:
    if order["do"] == "say-unheard":
        after_commit.attach(swallow)
    with realtime.atomic():
        match order:
            case {"do": "let-in", "vault": vault, "user": user}:
                Lease.objects.create(name=f"key:{vault}:{user}", holder="test", expires_at="2100-01-01T00:00:00Z")
            case {"do": "revoke", "vault": vault, "user": user}:
                Lease.objects.filter(name=f"key:{vault}:{user}").delete()
                revoke(user=user, room=VaultRoom(vault))
            case {"do": "say" | "say-unheard", "room": room, "text": text}:
                realtime.emit(parse_room(room), Said(text=text))
            case {"do": "say-many", "room": room, "count": count}:
                for number in range(count):
                    realtime.emit(parse_room(room), Said(text=f"{number} of many"))
    after_commit.detach(swallow)
    connection.close()
    tell({"done": order["number"]})


def main() -> None:
    halls = [int(hall) for hall in sys.argv[1:]]
    writers = [("late", _OVERLAP_SECONDS), ("early", 0.0)] if halls else []
    threads = [threading.Thread(target=write_on, args=(f"{name}-{os.getpid()}", halls, hold)) for name, hold in writers]
    for thread in threads:
        thread.start()
    for line in sys.stdin:
        obey(json.loads(line))
    ending.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
