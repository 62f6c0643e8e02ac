"""What is attached to hubs: each hub has its own, in the order of attaching."""

import pytest

from realtime.hub import parts
from realtime.hub.parts import Part, attach, parts_for

pytestmark = pytest.mark.either_database


def test_each_hub_has_parts_of_its_own_in_the_order_of_attaching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_ATTACHED", [])

    @attach
    class First(Part):
        """Comes first."""

    class Second(Part):
        """Comes behind it."""

    assert attach(Second) is Second
    one, other = (parts_for(hub) for hub in ("one", "other"))  # type: ignore[arg-type]
    assert [type(part) for part in one] == [First, Second]
    assert [part.hub for part in other] == ["other", "other"]
    assert not set(map(id, one)) & set(map(id, other))


async def test_hooks_that_a_part_does_not_have_do_nothing() -> None:
    part = Part(None)  # type: ignore[arg-type]
    await part.start()
    assert await part.joined(None, None) == {}  # type: ignore[arg-type]
    await part.stop()
