"""Starts the servers under test, ours and the peers, and reads what they cost."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.databases import ROOT, transactions, with_readers
from benchmarks.readers import TOKENS

NODE_PEERS = ROOT / "benchmarks" / "peers" / "node"
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """One server under test: how it is started, and which dialect (in `benchmarks.dialects`) it speaks.

    `readers`: it is the product itself, as users run it, with people (`benchmarks.readers`).
    """

    name: str
    dialect: str
    command: Callable[[int], list[str]]
    redis: bool = False
    database: bool = False
    readers: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _uvicorn(port: int) -> list[str]:
    app = "benchmarks.peers.channels_app:application"
    options = ["--port", str(port), "--log-level", "warning", "--ws-per-message-deflate", "false"]
    return _python("-m", "uvicorn", app, *options)


def _ours(port: int) -> list[str]:
    return _python("-m", "benchmarks.server", "--port", str(port))


def _ours_on_eight(port: int) -> list[str]:
    return [*_ours(port), "--processes", "8"]


def _serve(port: int) -> list[str]:
    return _python("manage.py", "serve", "--port", str(port))


def serve_profiled(port: int) -> list[str]:
    """Returns the same, in a process that samples itself."""
    return _python("-m", "benchmarks.sampling", "serve", "--port", str(port))


AS_SERVED = {
    "DEBUG": "false",
    "SECRET_KEY": "of-benchmarks-alone-and-the-same-for-those-who-make-its-people",
    "HTTPS": "false",
}
"""How the product is set where it is measured."""
CROWDED = AS_SERVED | {"REALTIME_CONNECTIONS_PER_ADDRESS": "100000"}
"""The same for thousands of clients, who all come from one address here."""


def _product(name: str, dialect: str, *, on_postgresql: bool) -> Server:
    return Server(name, dialect, _serve, redis=on_postgresql, database=on_postgresql, readers=True, environment=CROWDED)


def _node(port: int) -> list[str]:
    return ["node", str(NODE_PEERS / "server.js")]


SERVERS = {
    server.name: server
    for server in (
        Server("livrya, JSON door", "JSON_DOOR", _ours, redis=True),
        Server("livrya, Socket.IO door", "SOCKET_IO", _ours, redis=True),
        Server("livrya, JSON door, PostgreSQL", "JSON_DOOR", _ours, redis=True, database=True),
        Server("livrya, Socket.IO door, PostgreSQL", "SOCKET_IO", _ours, redis=True, database=True),
        Server("livrya, JSON door, 8 processes", "JSON_DOOR", _ours_on_eight, redis=True, database=True),
        Server("livrya, Socket.IO door, 8 processes", "SOCKET_IO", _ours_on_eight, redis=True, database=True),
        Server("livrya, Socket.IO door, own positions", "OWN_POSITIONS", _ours, redis=True),
        _product("serve, JSON door", "READERS_JSON", on_postgresql=True),
        _product("serve, Socket.IO door", "READERS_SOCKET_IO", on_postgresql=True),
        _product("serve, Socket.IO door, own positions", "READERS_OWN_POSITIONS", on_postgresql=True),
        _product("serve, JSON door, SQLite", "READERS_JSON", on_postgresql=False),
        _product("serve, Socket.IO door, SQLite", "READERS_SOCKET_IO", on_postgresql=False),
        Server("Socket.IO on Node", "SOCKET_IO", _node),
        Server("Socket.IO on Node, Redis adapter", "SOCKET_IO", _node, redis=True),
        Server("Socket.IO on Node, node-postgres", "SOCKET_IO", _node, redis=True, database=True),
        Server(
            "python-socketio",
            "SOCKET_IO",
            lambda port: _python("-m", "benchmarks.peers.python_socketio_server"),
        ),
        Server("Channels, in-memory, uvicorn", "BARE", _uvicorn),
        Server("Channels, Redis, uvicorn", "BARE", _uvicorn, redis=True),
        Server(
            "Channels, Redis, Daphne",
            "BARE",
            lambda port: _python(
                "-m", "daphne", "-p", str(port), "-v", "0", "benchmarks.peers.channels_app:application"
            ),
            redis=True,
        ),
        Server("picows", "BARE", lambda port: _python("-m", "benchmarks.peers.picows_server")),
    )
}


@dataclass(slots=True)
class Running:
    """A server that answers on `port`; `folder` is its own, `database_url` empty where it has none on PostgreSQL."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    database_url: str

    @property
    def tokens(self) -> str:
        """The path of the file with its readers' tokens."""
        return str(self.folder / TOKENS)

    def transactions(self) -> int | None:
        """Returns how many transactions its database has seen; None where nobody counts them."""
        return transactions(self.database_url) if self.database_url else None

    def cpu_seconds(self) -> float:
        """Returns the user and system time of its processes so far; those that ended are not counted."""
        total = 0
        for pid in _family(self.process.pid):
            fields = _stat(pid)
            if fields:
                total += int(fields[11]) + int(fields[12])
        return total / _TICKS_PER_SECOND

    def cpu_us(self) -> float:
        """Returns what the threads of its own process have used in µs, which is finer than the system's ticks."""
        folder = f"/proc/{self.process.pid}/task"
        used = 0
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/schedstat") as file:
                used += int(file.read().split()[0])
        return used / 1000

    def memory_bytes(self) -> int:
        """Returns the proportional set size of its processes: shared pages are counted once."""
        total = 0
        for pid in _family(self.process.pid):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return total * 1024


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _family(pid: int) -> list[int]:
    found, pending = [], [pid]
    while pending:
        current = pending.pop()
        found.append(current)
        for task in Path(f"/proc/{current}/task").glob("*"):
            try:
                pending += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                continue
    return found


@contextmanager
def running(
    server: Server, redis_url: str, database_url: str, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Starts a server on a free port and ends it afterwards. Raises RuntimeError with its output if it is silent."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="livrya-bench-"))
    given = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL")}
    given |= {
        "PORT": str(port),
        "VAR_DIR": str(folder),
        "DEBUG": "true",
        "PYTHONUNBUFFERED": "1",
        **server.environment,
        **(environment or {}),
    }
    if server.redis:
        given["REDIS_URL"] = redis_url
    address = database_url if server.database else ""
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if server.readers:
            address = stack.enter_context(with_readers(folder, address, server.environment))
        if address:
            given["DATABASE_URL"] = address
        output = stack.enter_context(open(folder / "output", "w+b"))
        process = subprocess.Popen(server.command(port), cwd=ROOT, env=given, stdout=output, stderr=output)
        stack.callback(_end, process)
        _await_port(port, process, Path(output.name))
        yield Running(server, port, process, folder, address)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _await_port(port: int, process: subprocess.Popen[bytes], output: Path, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{' '.join(map(str, process.args))} does not answer:\n{output.read_text()[-2000:]}")  # type: ignore[arg-type]  # a list of texts


def install_peers() -> None:
    """Installs what only the peers need: npm packages beside their server, picows into this environment."""
    if not (NODE_PEERS / "node_modules").exists():
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"], cwd=NODE_PEERS, check=True
        )
    requirements = ROOT / "benchmarks" / "requirements.txt"
    subprocess.run(_python("-m", "pip", "install", "--quiet", "-r", str(requirements)), check=True)
