"""What is said in a hall while sessions listen."""

import realtime
from tests.realtime.app.events import HallRoom, Said


async def say(text: str, hall_id: int = 1) -> None:
    await realtime.aemit(HallRoom(hall_id), Said(text=text))
