"""`manage.py runserver`: the jobs run beside it, as beside `serve`."""

import pytest
from daphne.management.commands.runserver import Command as DaphneRunserver

from livrya.site.development.management.commands import runserver

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize("breaks", [False, True])
def test_jobs_run_as_long_as_it_serves(breaks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def serve(self: object, *args: object, **options: object) -> None:
        done.append("serves")
        if breaks:
            raise KeyboardInterrupt

    monkeypatch.setattr(DaphneRunserver, "inner_run", serve)
    monkeypatch.setattr(runserver, "start_runner", lambda: done.append("started"))
    monkeypatch.setattr(runserver, "stop_runner", lambda timeout: done.append("stopped"))
    try:
        runserver.Command().inner_run()
    except KeyboardInterrupt:
        assert breaks
    assert done == ["started", "serves", "stopped"]
