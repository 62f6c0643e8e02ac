"""Real server processes for tests."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

_START_SECONDS = 30.0
_STOP_SECONDS = 20.0


def free_port() -> int:
    """Returns a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """A server started by `manage.py` in a process of its own, ready when the constructor returns.

    `kind` is "serve" (uvicorn) or "runserver" (Daphne); `port` is a free one by default; `environment` comes on
    top of the test's own. `with` ends it; what it wrote is in `output`.
    """

    def __init__(
        self,
        kind: str = "serve",
        *,
        port: int | None = None,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        where = (
            ["--port", str(self.port), *arguments]
            if kind == "serve"
            else [f"127.0.0.1:{self.port}", "--noreload", "--insecure", "--skip-checks", *arguments]
        )
        self._log = tempfile.NamedTemporaryFile("w+", prefix="server", suffix=".log")  # noqa: SIM115  # closed in stop
        self.process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "manage.py", kind, *where],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    @property
    def output(self) -> str:
        return Path(self._log.name).read_text()

    def http(self, path: str) -> str:
        """Returns the http:// address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def ws(self, namespace: str = "") -> str:
        """Returns the address of the JSON door for a namespace, "" being the default one."""
        return f"ws://127.0.0.1:{self.port}/ws/" + (f"{namespace.strip('/')}/" if namespace.strip("/") else "")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"The server ended with {self.process.returncode}:\n{self.output}")
            try:
                with urlopen(self.http("/healthz"), timeout=2):  # noqa: S310  # our own server
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"The server did not come up:\n{self.output}")

    def terminate(self) -> None:
        """Asks it to leave, as a supervisor would."""
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Takes it away, with everything it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(_STOP_SECONDS)

    def wait(self, seconds: float = _STOP_SECONDS) -> int:
        """Waits for its end; returns the exit code."""
        return self.process.wait(seconds)

    def stop(self) -> None:
        """Ends it, gently first; harmless when it has ended."""
        if self.process.poll() is None:
            self.terminate()
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                self.kill()
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
