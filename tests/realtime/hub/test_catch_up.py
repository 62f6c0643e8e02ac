"""Who was away reads at their own pace, until they are live."""

import pytest

import realtime
from realtime.hub import Hub
from realtime.models import Event
from tests.realtime.app.events import Said
from tests.realtime.halls import Connect, connect, hub
from tests.realtime.hub.hall import HALL, say, state

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_history_that_is_pruned_between_two_pages_is_said_to_be_trimmed(connect: Connect, hub: Hub) -> None:
    client = await connect()
    position = (await client.tell("hall:join", {"hallId": 1}))["position"]
    await client.close()
    await say("a", "b", "c")
    state(hub).forget()
    await hub.handlers.run(Event.objects.filter(room=HALL.name, seq__lte=2).delete)
    again = await connect()
    await again.tell("session:resume", {"rooms": {"hall:1": position}})
    reset = await again.event("room:reset")
    assert reset["payload"]["reason"] == "trimmed"
    assert again.events() == []


async def test_a_long_absence_is_made_good_page_by_page(connect: Connect, hub: Hub) -> None:
    client = await connect()
    position = (await client.tell("hall:join", {"hallId": 1}))["position"]
    await client.close()
    many = hub.settings.replay_page * 2 + 7
    for start in range(0, many, 50):
        await hub.handlers.run(_say_many, start, min(many, start + 50))
    again = await connect()
    await again.tell("session:resume", {"rooms": {"hall:1": position}})
    await again.wait(lambda frame: frame.get("payload", {}).get("text") == str(many - 1))
    assert again.texts() == [str(number) for number in range(many)]


def _say_many(start: int, end: int) -> None:
    with realtime.atomic():
        for number in range(start, end):
            realtime.emit(HALL, Said(text=str(number)))
