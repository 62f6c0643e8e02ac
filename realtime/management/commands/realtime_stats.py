import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from realtime.ops.inspection import ask_processes


class Command(BaseCommand):
    help = "Shows what the server processes on this host count: connections, rooms, events, deliveries, latency."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object per process")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for statistics in ask_processes({"ask": "statistics"}):
            found += 1
            if options["json"]:
                self.stdout.write(json.dumps(statistics))
                continue
            self.stdout.write(f"process {statistics.pop('process')}")
            for name, value in statistics.items():
                self.stdout.write(f"  {name:18} {value}")
        if not found:
            self.stderr.write("No server process of this installation has had a connection on this host yet.")
