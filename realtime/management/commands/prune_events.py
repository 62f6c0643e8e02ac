from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from realtime.log.retention import prune


class Command(BaseCommand):
    help = "Removes events that are older than the retention time, in small batches."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="keep this many days instead of KEEP_EVENTS_DAYS")

    def handle(self, *args: Any, days: int | None, **options: Any) -> None:
        pruned = prune(days=days)
        self.stdout.write(
            f"Removed {pruned.events} events, {pruned.answers} answers to commands and {pruned.tickets} tickets."
        )
