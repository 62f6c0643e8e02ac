from typing import Any

from daphne.management.commands.runserver import Command as DaphneRunserver

from livrya.site.jobs import start_runner, stop_runner


class Command(DaphneRunserver):  # type: ignore[misc]  # daphne is untyped
    """Daphne's development server; beside it the jobs and the schedule are run, as `serve` does."""

    def inner_run(self, *args: Any, **options: Any) -> None:
        start_runner()
        try:
            super().inner_run(*args, **options)
        finally:
            stop_runner(timeout=5.0)
