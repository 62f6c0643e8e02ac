"""`python -m benchmarks.choices [name …]`: the numbers of `docs/decisions/`, each measured against what else there was.

Everything happens on this machine, with a database and a Redis of its own (or those of `DATABASE_URL` and `REDIS_URL`).
Counts are the same everywhere; of times read the ratios, for all ways of one table took turns.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module

from tests.services import postgres_url, redis_url

CHOICES = {
    "batches": "a-batch-begins-without-savepoints",
    "crowds": "a-crowd-is-sent-past-its-transports",
    "addresses": "an-address-lets-nobody-in",
    "openings": "a-handshake-is-read-once",
    "notifications": "folded-notifications",
    "sign_ins": "sign-ins-are-rows",
    "browser": "the-browser-comes-back-by-itself",
    "threads": "database-calls-have-threads-of-their-own",
    "jobs": "jobs-have-a-runner-of-their-own",
    "redis_links": "redis-is-asked-in-batches",
}
"""Each module of this package that measures, and the decision it is about."""
_ALONE = ("browser", "addresses", "crowds", "openings")
"""Those that need no Django here: they start servers themselves, or none."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.choices", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *CHOICES], metavar="name", help=", ".join(CHOICES))
    names = parser.parse_args().names or list(CHOICES)
    if set(names) <= set(_ALONE):
        _show(names)
        return 0
    database, database_server = postgres_url()
    redis, redis_server = redis_url()
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {"DATABASE_URL": database, "REDIS_URL": redis, "VAR_DIR": folder, "DEBUG": "true"}
            _with_django(lambda: _show(names))
    finally:
        for service in (redis_server, database_server):
            if service:
                service.stop()
    return 0


def _with_django(act: Callable[[], None]) -> None:
    from django.core.management import call_command
    from django.db import connections

    import benchmarks.namespace  # noqa: F401  # sets Django up

    call_command("migrate", verbosity=0)
    try:
        act()
    finally:
        connections.close_all()


def _show(names: list[str]) -> None:
    for name in names:
        lines = import_module(f"benchmarks.choices.{name}").measure()
        print("\n".join((f"## {name}: docs/decisions/{CHOICES[name]}.md", "", *lines, "")), flush=True)


if __name__ == "__main__":
    sys.exit(main())
