#!/usr/bin/env python
"""Runs Django's commands with the project's settings."""

import gc
import os
import sys

# What a start makes is there to stay: looking through it again and again took a fifth of the start.
_COLLECT_AFTER_OBJECTS = 50_000


def main() -> None:
    gc.set_threshold(_COLLECT_AFTER_OBJECTS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livrya.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A wrong setting is the reader's to mend, not ours to debug: one sentence.
        sys.exit(f"livrya: {error}")
    except (OperationalError, ProgrammingError) as error:
        # A server that is away, or tables that are not there yet.
        if "--traceback" in sys.argv:
            raise
        said = str(error).partition("\n")[0]
        sys.exit(f"livrya: the database refuses ({said}): does DATABASE_URL lead to it, and did manage.py migrate run?")


if __name__ == "__main__":
    main()
