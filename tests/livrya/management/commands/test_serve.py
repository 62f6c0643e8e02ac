"""`manage.py serve`: whom it serves, and what runs beside it."""

import pytest
from django.core.management import CommandError
from pytest_django import Settings

from livrya.management.commands import serve

pytestmark = pytest.mark.either_database


def test_settings_of_ones_own_machine_are_served_to_nobody_else(settings: Settings) -> None:
    settings.DEBUG_BY_FILE = True
    for host in ("127.0.0.1", "localhost", "::1"):
        serve.Command().check_host(host)
    for host in ("0.0.0.0", "192.0.2.7"):
        with pytest.raises(CommandError, match="are for your own machine"):
            serve.Command().check_host(host)
    settings.DEBUG_BY_FILE = False
    serve.Command().check_host("0.0.0.0")


def test_jobs_run_as_long_as_it_serves_also_when_that_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(serve, "start_runner", lambda: done.append("started"))
    monkeypatch.setattr(serve, "stop_runner", lambda timeout: done.append("stopped"))
    with pytest.raises(ZeroDivisionError), serve.Command().beside():
        assert done == ["started"]
        raise ZeroDivisionError
    assert done == ["started", "stopped"]
