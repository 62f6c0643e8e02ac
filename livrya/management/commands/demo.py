"""Fills the library for a demonstration, or lets a cast of scripted people live in it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from livrya.demo.data import people
from livrya.demo.filling import fill_library
from realtime.errors import ApplicationError

PASSWORD = "paper-ink-rubric"  # noqa: S105  # printed, and refused outside of development
MOBY_DICK = settings.BASE_DIR / "frontend" / "node_modules" / "@stdlib" / "datasets-moby-dick"


class Command(BaseCommand):
    help = (
        "Fills the library with people, serials, Moby-Dick, comments and reviews, and prints the accounts; run again, "
        "it adds only what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", help="of the accounts that are made; needed where DEBUG is off")

    def handle(self, *, password: str | None, **options: Any) -> None:
        if password is None and not settings.DEBUG:
            raise CommandError(
                "The demo accounts' password is public, and one of them is staff: choose another with --password."
            )
        chosen = password or PASSWORD
        try:
            fill_library(password=chosen, moby_dick=MOBY_DICK, note=self._note)
        except ApplicationError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"The demo library is ready. Sign in with the password {chosen} as")
        for person in people():
            self.stdout.write(f"  {person.username:<9} {person.name} ({person.part})")

    def _note(self, sentence: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(sentence)
