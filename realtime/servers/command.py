"""`manage.py serve` for any project: a subclass says what is served, and what runs beside it."""

import contextlib
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import AbstractContextManager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from realtime.conf import realtime_settings
from realtime.servers.processes import Processes, end_with_parent
from realtime.servers.serving import listen, serve_here


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}.")


class ServeCommand(BaseCommand):
    """Serves `application` (such as "project.asgi:application") with uvicorn, in one or more processes on one port.

    A project's command is called `serve` and derives from this one.
    """

    application: str
    title = "The site"
    help = "Serves everything with uvicorn: pages and sockets, in one or more processes on one port."

    def check_host(self, host: str) -> None:
        """May raise CommandError when the site is not to be served at this address."""

    def beside(self) -> AbstractContextManager[None]:
        """Returns what surrounds serving in each process that serves."""
        return contextlib.nullcontext()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=_port, default=8000, help="port; 0 takes a free one (default: %(default)s)")
        parser.add_argument("--processes", type=int, default=1, help="server processes; above 1 needs REDIS_URL")
        parser.add_argument("--access-log", action="store_true", help="log every request")
        parser.add_argument("--ready-fd", type=int, help="where a child says that it accepts connections")
        parser.add_argument("--child", action="store_true", help="one of several processes, started by the first one")

    def handle(self, *args: Any, **options: Any) -> None:
        processes: int = options["processes"]
        if processes < 1:
            raise CommandError("--processes must be at least 1.")
        if processes > 1 and not realtime_settings().redis_url:
            raise CommandError(
                "Several processes need REDIS_URL: without it they could not tell each other who is there."
            )
        self.check_host(options["host"])
        try:
            if not options["child"]:
                listen(options["host"], options["port"], shared=False).close()  # nobody else serves there
            bound = listen(options["host"], options["port"], shared=processes > 1 or options["child"])
        except OSError as error:
            raise CommandError(f"Cannot listen on {options['host']}:{options['port']}: {error.strerror}.") from error
        with bound:
            port: int = bound.getsockname()[1]
            if processes > 1:
                sys.exit(self._supervise(options["host"], port, processes, access_log=options["access_log"]))
            if options["child"]:
                end_with_parent()
            with self.beside():
                serve_here(
                    self.application,
                    bound,
                    access_log=options["access_log"],
                    started=lambda: self._started(**(options | {"port": port})),
                )

    def _started(self, *, port: int, host: str, child: bool, ready_fd: int | None, **options: Any) -> None:
        if not child:
            self._announce(host, port, 1)
        elif ready_fd is not None:
            with contextlib.suppress(BrokenPipeError):  # the parent has gone meanwhile: this one ends by itself
                os.write(ready_fd, b"1")
            os.close(ready_fd)

    def _announce(self, host: str, port: int, processes: int) -> None:
        shown = f"[{host}]" if ":" in host else "localhost" if host in ("127.0.0.1", "0.0.0.0") else host  # noqa: S104
        how_many = f"{processes} processes" if processes > 1 else "1 process"
        self.stdout.write(f"{self.title} serves at http://{shown}:{port} ({how_many}); Ctrl-C ends it.")
        self.stdout.flush()

    def _supervise(self, host: str, port: int, processes: int, *, access_log: bool) -> int:
        command = [sys.executable, sys.argv[0], "serve", "--host", host, "--port", str(port), "--child"]
        if access_log:
            command.append("--access-log")
        return Processes(
            command,
            processes,
            grace_seconds=realtime_settings().drain_seconds + 5,
            started=lambda: self._announce(host, port, processes),
        ).run()
