"""`manage.py serve`: what it refuses before it serves, what it says when it does, and how its children are started."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from realtime.servers import command as module
from realtime.servers.command import ServeCommand
from realtime.testing.server import ServerProcess
from tests.realtime.halls import server_environment

pytestmark = pytest.mark.either_database


class Halls(ServeCommand):
    application = "tests.realtime.app.asgi:application"
    title = "The halls"


class Served:
    """What the command would have served, or had others serve."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.applications: list[str] = []
        self.children: list[tuple[list[str], int]] = []
        self.watched = 0
        monkeypatch.setattr(module, "serve_here", self._serve_here)
        monkeypatch.setattr(module, "Processes", self._processes)
        monkeypatch.setattr(module, "end_with_parent", self._end_with_parent)

    def _serve_here(
        self, application: str, bound: socket.socket, *, access_log: bool, started: Callable[[], None]
    ) -> None:
        self.applications.append(application)
        started()

    def _processes(self, command: list[str], count: int, *, grace_seconds: float, started: Callable[[], None]) -> Any:
        self.children.append((command, count))
        started()
        return self

    def run(self) -> int:
        return 3

    def _end_with_parent(self) -> None:
        self.watched += 1


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    return Served(monkeypatch)


def serve(*arguments: str, command: type[ServeCommand] = Halls) -> str:
    output = StringIO()
    call_command(command(), *arguments, stdout=output)
    return output.getvalue()


def test_it_says_where_it_serves_once_it_does(served: Served) -> None:
    said = serve("--port", "0")
    assert served.applications == [Halls.application]
    assert said.startswith("The halls serves at http://localhost:")
    assert ":0 " not in said
    assert said.endswith(" (1 process); Ctrl-C ends it.\n")


def test_a_project_surrounds_serving_and_refuses_addresses(served: Served) -> None:
    order: list[str] = []

    class Guarded(Halls):
        def check_host(self, host: str) -> None:
            if host != "127.0.0.1":
                raise CommandError(f"Not at {host}.")

        @contextmanager
        def beside(self) -> Iterator[None]:
            order.append("begun")
            yield
            order.append(f"ended behind {len(served.applications)}")

    serve("--port", "0", command=Guarded)
    assert order == ["begun", "ended behind 1"]
    with pytest.raises(CommandError, match=r"Not at 0\.0\.0\.0"):
        serve("--host", "0.0.0.0", command=Guarded)


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["--port", "65536"], "a port is a number from 0 to 65535, not 65536"),
        (["--port", "-1"], "a port is a number"),
        (["--port", "eight"], "a port is a number"),
        (["--processes", "0"], "--processes must be at least 1"),
        (["--processes", "2"], "Several processes need REDIS_URL"),
    ],
)
def test_what_cannot_be_served_is_refused(served: Served, settings: Any, arguments: list[str], refusal: str) -> None:
    settings.REALTIME = {**settings.REALTIME, "REDIS_URL": None}
    with pytest.raises(CommandError, match=refusal):
        serve(*arguments)
    assert served.applications == []


def test_a_port_that_somebody_has_is_refused(served: Served) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Cannot listen on 127.0.0.1:{port}"):
            serve("--port", str(port))


def test_several_processes_are_children_on_one_port_and_their_code_is_the_commands(
    served: Served, settings: Any
) -> None:
    settings.REALTIME = {**settings.REALTIME, "REDIS_URL": "redis://127.0.0.1"}
    with pytest.raises(SystemExit) as ended:
        serve("--port", "0", "--processes", "2", "--access-log")
    assert ended.value.code == 3
    [(command, count)] = served.children
    assert count == 2
    assert command[:5] == [sys.executable, sys.argv[0], "serve", "--host", "127.0.0.1"]
    assert int(command[command.index("--port") + 1]) > 0
    assert command[-2:] == ["--child", "--access-log"]
    assert served.applications == []


def test_a_child_tells_its_parent_that_it_serves_and_ends_with_it(served: Served) -> None:
    ready, tell = os.pipe()
    try:
        assert serve("--port", "0", "--child", "--ready-fd", str(tell)) == ""
        assert os.read(ready, 2) == b"1"
        assert os.read(ready, 1) == b""  # it has closed its end
    finally:
        os.close(ready)
    assert (served.watched, len(served.applications)) == (1, 1)


@pytest.mark.live
@pytest.mark.django_db(transaction=True)
async def test_several_processes_without_redis_are_refused() -> None:
    environment = server_environment()
    environment.pop("REDIS_URL", None)
    with pytest.raises(AssertionError, match="need REDIS_URL"):
        ServerProcess("serve", arguments=["--processes", "2"], environment={**environment, "REDIS_URL": ""})
