from typing import Any

from django.core.management.base import BaseCommand

from realtime.log.retention import begin_new_epoch


class Command(BaseCommand):
    help = "Declares the history of every room lost; run it after restoring a backup, before the servers start."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Gave {begin_new_epoch()} rooms a new epoch: every client will load its state afresh.")
