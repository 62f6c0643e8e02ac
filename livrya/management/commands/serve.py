import contextlib
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from livrya.environment import DEVELOPMENT_FILE
from livrya.site.jobs import start_runner, stop_runner
from realtime.conf import realtime_settings
from realtime.servers.processes import Processes, end_with_parent
from realtime.servers.serving import listen, serve_here

_APPLICATION = "livrya.asgi:application"
_OWN_MACHINE = ("127.0.0.1", "localhost", "::1")


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise ArgumentTypeError(f"a port is a number from 0 to 65535, not {text}.")


class Command(BaseCommand):
    help = "Serves Livrya with uvicorn: pages, API and sockets, in one or more processes on one port."

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
        if processes > 1 and not settings.REDIS_URL:
            raise CommandError(
                "Several processes need REDIS_URL: without it they could not tell each other who is there."
            )
        if settings.DEBUG_BY_FILE and options["host"] not in _OWN_MACHINE:
            raise CommandError(
                f"The settings of {settings.VAR_DIR / DEVELOPMENT_FILE} are for your own machine. To serve others set "
                "SECRET_KEY and what else docs/going-live.md lists, or DEBUG=true to show your own network what you do."
            )
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
            start_runner()
            try:
                serve_here(
                    _APPLICATION,
                    bound,
                    access_log=options["access_log"],
                    started=lambda: self._started(**(options | {"port": port})),
                )
            finally:
                stop_runner(timeout=5.0)

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
        self.stdout.write(f"Livrya serves at http://{shown}:{port} ({how_many}); Ctrl-C ends it.")
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
