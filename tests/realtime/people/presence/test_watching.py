"""Who wants to know when people come and go in rooms of some type."""

import pytest

from realtime.people.presence import watching
from realtime.people.presence.watching import watch_of, watches
from tests.realtime.examples import BenchRoom

pytestmark = pytest.mark.either_database


def test_rooms_of_one_type_are_watched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_WATCHES", {})
    assert watch_of(BenchRoom(1)) is None

    @watches(BenchRoom)
    def watch(room: object, roster: object) -> None: ...

    assert watch_of(BenchRoom(2)) is watch
    with pytest.raises(TypeError, match="BenchRoom"):
        watches(BenchRoom)(watch)
