"""A server process for tests is there when it answers; one that ends instead, or does not leave, is dealt with."""

import os
import signal
import socket
import subprocess
from typing import Any
from urllib.error import URLError

import pytest

from realtime.testing import server as module
from realtime.testing.server import ServerProcess, free_port

pytestmark = pytest.mark.either_database


class FakeProcess:
    """What the system would have started: `dies` at once with that code, or goes on `leaving` when it is told to."""

    dies: int | None = None
    leaves = True
    pid = 4711

    def __init__(self, command: list[str], *, env: dict[str, str], stdout: Any, **options: Any) -> None:
        self.command, self.environment, self.options = command, env, options
        self.signals: list[int] = []
        self.returncode: int | None = None
        os.write(stdout.fileno(), b"a word\n")

    def poll(self) -> int | None:
        self.returncode = self.returncode if self.dies is None else self.dies
        return self.returncode

    def send_signal(self, number: int) -> None:
        self.signals.append(number)
        if self.leaves:
            self.returncode = 0

    def wait(self, seconds: float) -> int:
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.command, seconds)
        return self.returncode


class Site:
    """Answers at the address of the process from the third time on, as one that is still starting does."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, url: str, timeout: float) -> Any:
        self.asked.append(url)
        if len(self.asked) < 3:
            raise URLError("connection refused")
        return socket.socket()  # anything that can be closed


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site()
    monkeypatch.setattr(module, "urlopen", site)
    monkeypatch.setattr(module.subprocess, "Popen", FakeProcess)
    monkeypatch.setattr(module.time, "sleep", lambda seconds: None)
    return site


def process_of(server: ServerProcess) -> FakeProcess:
    process: Any = server.process
    assert isinstance(process, FakeProcess)
    return process


def test_it_is_there_when_it_answers_and_leaves_with_the_block(site: Site) -> None:
    with ServerProcess(port=8123, environment={"REDIS_URL": "redis://x"}, arguments=["--processes", "2"]) as server:
        process = process_of(server)
        assert site.asked == ["http://127.0.0.1:8123/healthz"] * 3
        assert process.command[1:] == ["manage.py", "serve", "--port", "8123", "--processes", "2"]
        assert process.environment["REDIS_URL"] == "redis://x"
        assert process.options["start_new_session"] is True
        assert server.output == "a word\n"
        assert (server.ws(), server.ws("/halls")) == ("ws://127.0.0.1:8123/ws/", "ws://127.0.0.1:8123/ws/halls/")
    assert process.signals == [signal.SIGTERM]
    server.stop()
    assert process.signals == [signal.SIGTERM]


def test_daphne_is_told_its_address_and_port(site: Site) -> None:
    with ServerProcess("runserver", port=8123) as server:
        assert process_of(server).command[2:4] == ["runserver", "127.0.0.1:8123"]


def test_one_that_ends_at_once_shows_what_it_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeProcess, "dies", 3)
    with pytest.raises(AssertionError, match=r"The server ended with 3:\na word"):
        ServerProcess()


def test_one_that_never_answers_is_ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_START_SECONDS", 0)
    signals: list[int] = []
    monkeypatch.setattr(FakeProcess, "send_signal", lambda process, number: signals.append(number))
    monkeypatch.setattr(FakeProcess, "wait", lambda process, seconds: 0)
    with pytest.raises(AssertionError, match="did not come up"):
        ServerProcess()
    assert signals == [signal.SIGTERM]


def test_one_that_does_not_leave_is_taken_away_with_all_that_it_started(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[tuple[int, int]] = []
    server = ServerProcess()
    process = process_of(server)

    def killpg(pid: int, number: int) -> None:
        killed.append((pid, number))
        process.returncode = -number

    monkeypatch.setattr(module.os, "killpg", killpg)
    process.leaves = False
    server.stop()
    assert killed == [(FakeProcess.pid, signal.SIGKILL)]


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", free_port()))
