"""The product on several processes, for crowds: started with its people, and one of them killed."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.databases import ROOT
from benchmarks.scale.people import GROUPS, TOKENS
from benchmarks.servers import CROWDED, Running, Server, running
from tests.services import postgres_url, redis_url

_UNREACHED = "10000000"
ENVIRONMENT = CROWDED | {
    # All come from one address here, and a few people say everything.
    "REALTIME_ANONYMOUS_POINTS_PER_SECOND_AND_ADDRESS": _UNREACHED,
    "REALTIME_ANONYMOUS_POINTS_BURST_PER_ADDRESS": _UNREACHED,
    "REALTIME_CONNECTIONS_PER_ADDRESS": _UNREACHED,
}


@dataclass(slots=True)
class Site:
    """A running product; `tokens` are its people's."""

    running: Running
    tokens: list[str]

    def head(self, room: str) -> int:
        """Returns the number of the last event of a room."""
        with psycopg.connect(self.running.database_url, autocommit=True) as connection:
            row = connection.execute("SELECT seq FROM realtime_roomhead WHERE room = %s", [room]).fetchone()
        return int(row[0]) if row else 0

    def children(self) -> list[int]:
        """Returns the process ids of those that serve."""
        parent = self.running.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(pid) for pid in children if b"--child" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def kill_one(self) -> None:
        """Takes one of them away, without a word to anybody."""
        os.kill(self.children()[0], signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Land:
    """A database with people; `tokens` is the file with theirs, `groups` the ids of those asked for."""

    database_url: str
    redis_url: str
    tokens: Path
    groups: list[int]


@contextmanager
def land(people: int, sizes: list[int]) -> Iterator[Land]:
    """Settles so many people in a database of their own, beside a Redis, for as long as it lasts."""
    with ExitStack() as stack:
        database, database_server = postgres_url()
        redis, redis_server = redis_url()
        for service in (database_server, redis_server):
            if service:
                stack.callback(service.stop)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="livrya-scale-")))
        kept = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL")}
        given = kept | ENVIRONMENT | {"VAR_DIR": str(folder), "DATABASE_URL": database}
        command = [sys.executable, "-m", "benchmarks.scale.people", *map(str, (people, *sizes))]
        subprocess.run(command, cwd=ROOT, env=given, check=True)
        yield Land(database, redis, folder / TOKENS, [int(group) for group in (folder / GROUPS).read_text().split()])


@contextmanager
def site(place: Land, processes: int) -> Iterator[Site]:
    """Starts the product on so many processes and ends it afterwards."""

    def serve(port: int) -> list[str]:
        return [sys.executable, "manage.py", "serve", "--port", str(port), "--processes", str(processes)]

    server = Server("serve", "", serve, redis=True, database=True, environment=ENVIRONMENT)
    with running(server, place.redis_url, place.database_url) as started:
        yield Site(started, place.tokens.read_text().split())
