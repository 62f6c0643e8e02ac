"""Says something to everybody who is connected."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_duration

from livrya.site.announcements import services
from realtime.errors import ApplicationError


class Command(BaseCommand):
    help = "Announces TEXT to everybody who is connected, and to who comes while it is in force."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", metavar="TEXT")
        parser.add_argument(
            "--until",
            metavar="TIME",
            help='when it ends: "2030-01-31T18:00+01:00", or from now: "02:30:00" (default: a day from now)',
        )

    def handle(self, *, text: str, until: str | None, **options: Any) -> None:
        try:
            ends_at = None if until is None else _moment(until)
            announcement = services.announce(actor=None, text=text, until=ends_at)
        except ApplicationError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Announced; in force until {announcement.until:%Y-%m-%d %H:%M} UTC.")


def _moment(value: str) -> datetime:
    try:
        moment = parse_datetime(value)
        duration = None if moment else parse_duration(value)
    except ValueError:
        moment = duration = None
    if moment:
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    if isinstance(duration, timedelta):
        return timezone.now() + duration
    raise CommandError(f"--until {value} is no time; write 2030-01-31T18:00+01:00 or 02:30:00.")
