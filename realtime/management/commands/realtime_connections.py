import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from realtime.ops.inspection import ask_processes


class Command(BaseCommand):
    help = (
        "Lists the sessions of a user (id or username) or in a room (such as book:7) on this host's server processes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("who", metavar="USER|ROOM", help="a user's id or username, or a room's name")
        parser.add_argument("--json", action="store_true", help="one JSON object per session")

    def handle(self, *args: Any, **options: Any) -> None:
        who: str = options["who"]
        question = {"ask": "connections", "room" if ":" in who else "user": who}
        found = processes = 0
        for sessions in ask_processes(question):
            processes += 1
            for session in sessions:
                found += 1
                if options["json"]:
                    self.stdout.write(json.dumps(session))
                    continue
                rooms = ", ".join(
                    f"{name} ({room['phase'].lower()} at {room['place']}{', present' if room['present'] else ''})"
                    for name, room in session["rooms"].items()
                )
                person = f"{session['username']} ({session['userId']})" if session["userId"] else "anonymous"
                self.stdout.write(
                    f"{session['connectionId']}  process {session['process']}  {session['namespace']}  {person}  "
                    f"{session['address']}  {session['buffered']} bytes waiting  {rooms or 'no rooms'}"
                )
        if not found:
            self.stderr.write(
                "Nobody."
                if processes
                else "No server process of this installation has had a connection on this host yet."
            )
