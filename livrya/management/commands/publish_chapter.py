"""Publishes a chapter now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from books.services.releases import publish_chapter
from realtime.errors import ApplicationError


class Command(BaseCommand):
    help = "Publishes the chapter with this id now, as its author could on its page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, metavar="ID")
        parser.add_argument("--silent", action="store_true", default=None, help="notify nobody")

    def handle(self, *, id: int, silent: bool | None, **options: Any) -> None:
        try:
            chapter = publish_chapter(actor=None, chapter_id=id, silent=silent)
        except ApplicationError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{chapter.book.title}: {chapter} is out.")
