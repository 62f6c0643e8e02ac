"""Starts the servers under test, ours and the peers, and reads what they cost."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_PEERS = ROOT / "benchmarks" / "peers" / "node"
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """One server under test: how it is started, and which dialect (in `benchmarks.dialects`) it speaks."""

    name: str
    dialect: str
    command: Callable[[int], list[str]]
    redis: bool = False
    database: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _uvicorn(port: int) -> list[str]:
    app = "benchmarks.peers.channels_app:application"
    options = ["--port", str(port), "--log-level", "warning", "--ws-per-message-deflate", "false"]
    return _python("-m", "uvicorn", app, *options)


def _ours(port: int) -> list[str]:
    return _python("-m", "benchmarks.server", "--port", str(port))


def _node(port: int) -> list[str]:
    return ["node", str(NODE_PEERS / "server.js")]


SERVERS = {
    server.name: server
    for server in (
        Server("livrya, JSON door", "JSON_DOOR", _ours, redis=True),
        Server("livrya, Socket.IO door", "SOCKET_IO", _ours, redis=True),
        Server("livrya, JSON door, PostgreSQL", "JSON_DOOR", _ours, redis=True, database=True),
        Server("livrya, Socket.IO door, PostgreSQL", "SOCKET_IO", _ours, redis=True, database=True),
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
    """A server that answers on `port`."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Returns the user and system time of its processes so far; those that ended are not counted."""
        total = 0
        for pid in _family(self.process.pid):
            fields = _stat(pid)
            if fields:
                total += int(fields[11]) + int(fields[12])
        return total / _TICKS_PER_SECOND

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
def running(server: Server, redis_url: str, database_url: str) -> Iterator[Running]:
    """Starts a server on a free port and ends it afterwards. Raises RuntimeError with its output if it stays mute."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="livrya-bench-")
    environment = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL")}
    environment |= {
        "PORT": str(port),
        "VAR_DIR": folder,
        "DEBUG": "true",
        "PYTHONUNBUFFERED": "1",
        **server.environment,
    }
    if server.redis:
        environment["REDIS_URL"] = redis_url
    if server.database:
        environment["DATABASE_URL"] = database_url
    with open(Path(folder) / "output", "w+b") as output:
        process = subprocess.Popen(server.command(port), cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            _await_port(port, process, Path(output.name))
            yield Running(server, port, process)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            shutil.rmtree(folder, ignore_errors=True)


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
