"""The numbers of the engine: each documented with its default, and settable from the environment."""

import re
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from livrya.environment import engine_numbers
from realtime.conf import RealtimeSettings

DOCUMENTED = re.compile(r"^\| `([A-Z_]+)` \| ([0-9.]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


def test_every_number_of_the_engine_is_documented_with_its_default() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "settings.md").read_text()
    defaults = {
        field.encode_name: field.default
        for field in msgspec.structs.fields(RealtimeSettings)
        if field.type in (int, float) and field.name != "trusted_proxies"  # among the settings above
    }
    assert {name: float(default) for name, default in DOCUMENTED.findall(text)} == defaults


def test_a_number_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALTIME_CONNECTIONS_PER_ADDRESS", "200")
    monkeypatch.setenv("REALTIME_SWEEP_SECONDS", "0.5")
    assert engine_numbers() == {"CONNECTIONS_PER_ADDRESS": 200, "SWEEP_SECONDS": 0.5}


def test_a_wrong_number_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALTIME_INBOX_LIMIT", "many")
    with pytest.raises(ImproperlyConfigured, match=r"^REALTIME_INBOX_LIMIT must be a number\.$"):
        engine_numbers()
