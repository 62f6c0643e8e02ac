from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import CommandError

from livrya.environment import DEVELOPMENT_FILE
from livrya.site.jobs import start_runner, stop_runner
from realtime.servers.command import ServeCommand

_OWN_MACHINE = ("127.0.0.1", "localhost", "::1")


class Command(ServeCommand):
    application = "livrya.asgi:application"
    title = "Livrya"
    help = "Serves Livrya with uvicorn: pages, API and sockets, in one or more processes on one port."

    def check_host(self, host: str) -> None:
        if settings.DEBUG_BY_FILE and host not in _OWN_MACHINE:
            raise CommandError(
                f"The settings of {settings.VAR_DIR / DEVELOPMENT_FILE} are for your own machine. To serve others set "
                "SECRET_KEY and what else docs/going-live.md lists, or DEBUG=true to show your own network what you do."
            )

    @contextmanager
    def beside(self) -> Iterator[None]:
        start_runner()
        try:
            yield
        finally:
            stop_runner(timeout=5.0)
