"""Runs the jobs and the schedule in a process of their own."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from livrya.site.jobs.process import make_runner


class Command(BaseCommand):
    help = (
        "Runs background jobs and the schedule until Ctrl-C or SIGTERM, and finishes the job in hand before it ends. "
        "Server processes do this too: one process at a time has the lease, the others stand by."
    )

    def handle(self, **options: Any) -> None:
        runner = make_runner()

        def stop(number: int, frame: FrameType | None) -> None:
            runner.stop()
            signal.signal(number, signal.SIG_DFL)  # asked twice: end at once

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, stop)
            signal.signal(signal.SIGTERM, stop)
        self.stdout.write("Running jobs and the schedule. Ctrl-C to end.")
        self.stdout.flush()
        runner.run()
