"""Every command of every document, run as written in a fresh shell of somebody who has just cloned the project."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import metadata
from pathlib import Path
from urllib.request import urlopen

import pytest

from realtime.testing.server import free_port
from tests.commands import ROOT
from tests.documents import Shown, all_commands, commands_of
from tests.services import Postgres, Valkey

pytestmark = [pytest.mark.live, pytest.mark.either_database, pytest.mark.xdist_group("documents")]

PATIENCE_SECONDS = 240.0
SERVES = "Livrya serves at"

# Those that go on until Ctrl-C, with what they say when they work.
GO_ON = {
    ".venv/bin/python manage.py serve --processes 4": "(4 processes); Ctrl-C ends it.",
    ".venv/bin/python manage.py serve": SERVES,
    ".venv/bin/python manage.py runserver": "Starting ASGI/Daphne",
    ".venv/bin/python manage.py worker": "Running jobs and the schedule.",
    ".venv/bin/python manage.py demo --cast": " arrives",
    ".venv/bin/uvicorn livrya.asgi:application": "Uvicorn running on",
    ".venv/bin/python -m benchmarks.server --port N": "ready",
    'curl -N "localhost:8000/events/?rooms=book:1"': "session:ready",
    "npm install && node stock_client.mjs http://localhost:8000 1": "entered",
    "pip install 'python-socketio[asyncio-client]' && python stock_client.py http://localhost:8000 1": "entered",
    "pip install websockets && python bare_websocket.py http://localhost:8000 1": '"success":true',
    "./follow.sh http://localhost:8000 1": "session:ready",
}

SAY = {
    ".venv/bin/python manage.py realtime_stats": "connections",
    ".venv/bin/python manage.py export_contracts --check": "",
    ".venv/bin/python manage.py import_books PATH…": "The Ferry",
    "curl http://localhost:8000/api/v1/books/": "The Lamp Room",
    "curl localhost:8000/readyz": '"database"',
    '.venv/bin/python -m benchmarks.profile "fan-out to 10"': "| all ",
    ".venv/bin/python -m benchmarks.choices addresses": "| keeps cookies | 0 | 0 | 10 |",
    ".venv/bin/python -m benchmarks.choices batches": "(chosen)",
    ".venv/bin/python -m benchmarks.choices browser": "Lines of code that decide when to come back",
    ".venv/bin/python -m benchmarks.choices notifications": "| folded (chosen) | 1 | 100 | 0 | 8 |",
}

_SUITE = "runs this very test, or with it everything"
_FRONT_END = "make test-frontend and make check run it; here node_modules is another checkout's"
NOT_RUN = {
    "make run": "the fixture: everything else runs beside it",
    "make test": _SUITE,
    "make check": _SUITE,
    "make faults": _SUITE,
    "make soak": "takes an hour",
    "make bench": "takes longer than half an hour",
    "QUICK=1 make bench": "takes ten minutes",
    '.venv/bin/python -m benchmarks "fan-out to 1,000" --rounds 5': "installs the peers, and takes minutes",
    '.venv/bin/python -m benchmarks.profile "fan-out to 1,000"': "as that of fan-out to 10, which takes less",
    '.venv/bin/python -m benchmarks.profile "1,000 people into 100 chapters"': "as that of fan-out to 10",
    '.venv/bin/python -m benchmarks.profile "1,000 people into 100 chapters" --server "serve, Socket.IO door"': (
        "as that of fan-out to 10"
    ),
    '.venv/bin/python -m benchmarks.profile "50 senders in one hot room, stored"': "as that of fan-out to 10",
    ".venv/bin/python -m benchmarks.choices": "takes five minutes",
    ".venv/bin/python -m benchmarks.choices crowds": "takes minutes, on two servers with 1,000 connections",
    ".venv/bin/python -m benchmarks.choices jobs": "as that of batches, and waits for half a minute",
    ".venv/bin/python -m benchmarks.choices openings": "takes a minute, on two servers, and only compares times",
    ".venv/bin/python -m benchmarks.choices redis_links": "as that of batches",
    ".venv/bin/python -m benchmarks.choices sign_ins": "as that of batches",
    ".venv/bin/python -m benchmarks.choices threads": "as that of batches, and only compares times",
    '.venv/bin/python -m benchmarks "thin rooms of 100 over 8 processes, stored"': "takes minutes",
    ".venv/bin/python -m benchmarks.pruning": "takes half a minute; test_pruning.py runs it with fewer events",
    ".venv/bin/python -m benchmarks.pruning --sqlite --events 100000": "the same on SQLite",
    ".venv/bin/python -m benchmarks.scale": "takes a quarter of an hour; test_scale.py runs it with fewer people",
    ".venv/bin/python -m benchmarks.scale --connections 2000 --people 500 --groups 100 500": "the same, in minutes",
    ".venv/bin/python -m benchmarks.hostile": "judges times, and takes minutes",
    '.venv/bin/python -m benchmarks.hostile pings "polled noops" --seconds 20': "judges times, on a machine that tests",
    ".venv/bin/python -m benchmarks.chaos": "takes minutes, and needs Node",
    ".venv/bin/python -m benchmarks.chaos --seconds 20 --seed 7 --log chaos.log": "the same, in a minute",
    "kill -HUP": "named for its signal; see test_processes_are_replaced_one_by_one_on_request",
    "curl -N": "named for its option",
    "redis-cli keys": "named as what not to do",
    ".venv/bin/python -m pytest tests/realtime/hub/test_cost.py": _SUITE,
    "npm ci && npm run build": _FRONT_END,
    "npm run dev": _FRONT_END,
    "npm test": _FRONT_END,
    "npm run typecheck": _FRONT_END,
    "npm run lint": _FRONT_END,
    "npm run size": _FRONT_END,
}

COMMANDS = all_commands()


class Newcomer:
    """A fresh checkout with its server running, and shells that know nothing of ours."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home, self.port = folder, home, free_port()
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None

    def filled(self, text: str) -> str:
        """Returns a command with its placeholders filled, and on ports that are free."""
        if "postgres://" in text and self._postgres is None:
            self._postgres, self._valkey = Postgres(), Valkey()
        if "ID" in text:
            with sqlite3.connect(self.folder / "var" / "livrya.sqlite3") as database:
                [chapter] = database.execute("SELECT id FROM books_chapter WHERE state = 'draft' LIMIT 1").fetchone()
            text = text.replace(" ID", f" {chapter}")
        for written, meant in (
            ("SECRET_KEY=…", f"SECRET_KEY={'0123456789abcdefghij' * 3}"),
            ("postgres://…", f"'{self._postgres.url}'" if self._postgres else ""),
            ("redis://…", self._valkey.url if self._valkey else ""),
            ("PATH…", str(self.folder / "ferry.json")),
            (" TEXT", " 'The lamps are lit.'"),
            ("--port N", f"--port {free_port()}"),
            ("localhost:8000", f"localhost:{self.port}"),
            ("manage.py serve", f"manage.py serve --port {free_port()}"),
            ("manage.py runserver", f"manage.py runserver {free_port()}"),
            ("livrya.asgi:application", f"livrya.asgi:application --port {free_port()}"),
            ("demo --cast", f"demo --cast --url http://localhost:{self.port}"),
            ("make run", f"make run PORT={self.port}"),
        ):
            text = text.replace(written, meant)
        # What is installed here already; that it is enough is held below.
        return re.sub(r"^(npm|pip) install [^&]*&& ", "", text)

    @contextmanager
    def shell(self, command: str, folder: Path = Path()) -> Iterator["Running"]:
        """Runs a command in a shell without any variable of ours; what of it is left is ended like by Ctrl-C."""
        path = os.environ["PATH"]
        if folder == Path("examples"):  # with an environment of one's own, as pip wants it
            path = f"{self.folder / '.venv' / 'bin'}{os.pathsep}{path}"
        terminal, end = os.openpty()  # into a file they would say things when they end
        process = subprocess.Popen(
            ["sh", "-c", command],
            cwd=self.folder / folder,
            env={"PATH": path, "HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=end,
            stderr=end,
            start_new_session=True,
            # What a shell runs in the background ignores Ctrl-C, and hands that down.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(end)
        running = Running(process, terminal)
        try:
            yield running
        finally:
            running.end()

    def leave(self) -> None:
        for server in (self._postgres, self._valkey):
            if server:
                server.stop()


class Running:
    """A command that was started, and what it has said."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self._process, self._terminal = process, terminal
        self._bytes = bytearray()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # nobody has the other end any more
            while said := os.read(self._terminal, 65536):
                self._bytes += said
        os.close(self._terminal)

    @property
    def said(self) -> str:
        return self._bytes.decode(errors="replace")

    def until(self, words: str) -> None:
        """Waits until it has said the words."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.said:
            assert self._process.poll() is None, f"It ended with {self._process.returncode}; it said:\n{self.said}"
            assert time.monotonic() < deadline, f"It never said {words!r}; this it did:\n{self.said}"
            time.sleep(0.05)

    def exit_code(self) -> int:
        """Waits for its end, and until all that it has said is here."""
        code = self._process.wait(PATIENCE_SECONDS)
        self._reader.join(PATIENCE_SECONDS)
        return code

    def end(self) -> None:
        for number in (signal.SIGINT, signal.SIGKILL):
            if self._process.poll() is None:
                os.killpg(self._process.pid, number)
                try:
                    self._process.wait(30)
                except subprocess.TimeoutExpired:
                    continue
        self._reader.join(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newcomer]:
    if not (ROOT / "frontend" / "dist" / "manifest.json").exists() or not (ROOT / ".venv" / "installed-dev").exists():
        pytest.skip("`make dev frontend` has not run here.")
    # PostgreSQL of the benchmarks runs as somebody else where we are root, who must be able to go there.
    folder = Path(tempfile.mkdtemp(prefix="checkout"))
    folder.chmod(0o755)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        if not source.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        os.utime(target, (0, 0))  # older than what was made of it, which make would make again
    for made in (".venv", "frontend/node_modules", "frontend/dist"):
        (folder / made).symlink_to((ROOT / made).resolve())
    (folder / "examples" / "node_modules").symlink_to(folder / "frontend" / "node_modules")
    [example] = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "importing.md").read_text(), re.DOTALL)
    (folder / "ferry.json").write_text(json.dumps(json.loads(example)))
    newcomer = Newcomer(folder, tmp_path_factory.mktemp("home"))
    try:
        with newcomer.shell(newcomer.filled("make run")) as server:
            server.until(SERVES)
            # The hub, which the commands ask, begins with the first connection.
            urlopen(f"http://localhost:{newcomer.port}/events/?rooms=book:1", timeout=60).close()
            yield newcomer
    finally:
        newcomer.leave()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    "shown",
    [shown for shown in COMMANDS if shown.text not in NOT_RUN],
    ids=lambda shown: f"{shown.document}: {shown.text}",
)
def test_a_command_works_as_it_is_written(newcomer: Newcomer, shown: Shown) -> None:
    with newcomer.shell(newcomer.filled(shown.before + shown.text), shown.folder) as running:
        if words := GO_ON.get(shown.text):
            running.until(words)
        else:
            assert running.exit_code() == 0, running.said
            assert SAY.get(shown.text, "") in running.said
        assert "Traceback" not in running.said, running.said


def test_what_is_said_of_commands_is_said_of_commands_that_are_shown() -> None:
    shown = {command.text for command in COMMANDS}
    assert not {*GO_ON, *SAY, *NOT_RUN} - shown
    assert not set(NOT_RUN) & {*GO_ON, *SAY}


def test_what_the_examples_install_exists_by_that_name() -> None:
    installed = [re.match(r"pip install '?([\w-]+)(?:\[([\w-]+)\])?'? ", shown.text) for shown in COMMANDS]
    named = [match.groups() for match in installed if match]
    assert len(named) == 2
    for package, extra in named:
        # Older ones of pip pass over an extra that is spelt otherwise.
        assert extra is None or extra in (metadata(package).get_all("Provides-Extra") or [])


def test_commands_are_found_in_blocks_and_in_lines() -> None:
    text = """<!-- `make nothing` -->
```sh
# first
export KEY=… OTHER=1
make it     # quickly
ONE=1 \\
two three
```
Then `manage.py check`, `KEY=1 make x`, `make`, `serve --processes 2` and `DEBUG=true`; `./follow.sh a \\| b`.
"""
    found = commands_of("x.md", text)
    assert [shown.text for shown in found] == [
        "make it",
        "ONE=1 two three",
        "manage.py check",
        "KEY=1 make x",
        "./follow.sh a | b",
    ]
    assert found[0].before == "export KEY=… OTHER=1; "


def test_a_site_with_a_domain_does_not_start_from_a_folder_that_was_tried_out(newcomer: Newcomer) -> None:
    for command, reason in (
        ("ALLOWED_HOSTS=livrya.example .venv/bin/python manage.py check", "is not read where ALLOWED_HOSTS is set"),
        ("DATABASE_URL=postgres://h/d .venv/bin/python manage.py check", "is not read where DATABASE_URL is set"),
        ("DEBUG=false .venv/bin/python manage.py check", "SECRET_KEY must be set"),
        (".venv/bin/python manage.py serve --host 0.0.0.0", "are for your own machine"),
    ):
        with newcomer.shell(command) as running:
            assert running.exit_code() == 1
            assert reason in running.said


def test_the_key_is_for_its_owner_alone(newcomer: Newcomer) -> None:
    assert (newcomer.folder / "var" / "development.env").stat().st_mode & 0o077 == 0
