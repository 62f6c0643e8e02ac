"""Fills the library for a demonstration, or lets a cast of scripted people live in it."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from livrya.site.demo.cast.member import Lost
from livrya.site.demo.cast.play import play, socket_address
from livrya.site.demo.cast.stage import Stage
from livrya.site.demo.data import people
from livrya.site.demo.filling import fill_library
from realtime.errors import ApplicationError

PASSWORD = "paper-ink-rubric"  # noqa: S105  # printed, and refused outside of development
MOBY_DICK = settings.BASE_DIR / "frontend" / "node_modules" / "@stdlib" / "datasets-moby-dick"


class Command(BaseCommand):
    help = (
        "Fills the library with people, serials, Moby-Dick, comments and reviews, and prints the accounts; run again, "
        "it adds only what is missing. With --cast, scripted people read, comment and publish over real sockets on the "
        "running server of this installation, until Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", help="of the accounts that are made; needed where DEBUG is off")
        parser.add_argument("--cast", action="store_true", help="let the cast live in the library")
        parser.add_argument("--url", default="http://localhost:8000", help="of the server (default: %(default)s)")
        parser.add_argument("--seconds", type=float, default=300.0, help="how long (default: %(default)g)")

    def handle(self, *, cast: bool, url: str, seconds: float, password: str | None, **options: Any) -> None:
        try:
            if cast:
                self._play(url, seconds)
            else:
                self._fill(password)
        except ApplicationError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _fill(self, password: str | None) -> None:
        if password is None and not settings.DEBUG:
            raise CommandError(
                "The demo accounts' password is public, and one of them is staff: choose another with --password."
            )
        chosen = password or PASSWORD
        fill_library(password=chosen, moby_dick=MOBY_DICK, note=self._note)
        self.stdout.write(f"The demo library is ready. Sign in with the password {chosen} as")
        for person in people():
            self.stdout.write(f"  {person.username:<9} {person.name} ({person.part})")

    def _play(self, url: str, seconds: float) -> None:
        stage = Stage.set_up(socket_address(url), self._say)
        self.stdout.write(f"Open {url.rstrip('/')}/books/{stage.book.slug}/ and watch. Ctrl-C ends the play.")
        try:
            asyncio.run(play(stage, seconds))
        except Lost as loss:
            raise CommandError(f"No server can be reached at {url}: start it with make run.") from loss
        except KeyboardInterrupt:
            self._say("The cast goes home")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _note(self, sentence: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(sentence)
