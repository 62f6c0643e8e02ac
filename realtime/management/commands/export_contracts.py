"""`manage.py export_contracts [--check]`: writes what is generated from the contracts, or says what is stale."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from realtime.exporting.asyncapi import asyncapi
from realtime.exporting.catalogue import catalogue
from realtime.exporting.markdown import codes, reference
from realtime.exporting.typescript import typescript


class Command(BaseCommand):
    help = "Writes the TypeScript types, the AsyncAPI document and the reference pages from the contracts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if a file is stale")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        declared = catalogue()
        files = {
            "frontend/src/realtime/contracts.gen.ts": typescript(declared),
            "docs/reference/events.md": reference(declared),
            "docs/reference/asyncapi.json": json.dumps(asyncapi(declared), indent=2, ensure_ascii=False) + "\n",
            "docs/codes.md": codes(),
        }
        root = Path(settings.BASE_DIR)
        stale = [
            name for name, text in files.items() if not (root / name).exists() or (root / name).read_text() != text
        ]
        if check:
            if stale:
                raise CommandError(f"Stale: {', '.join(stale)}. Run manage.py export_contracts and commit the result.")
            return
        for name in stale:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(files[name])
            self.stdout.write(f"wrote {name}")
