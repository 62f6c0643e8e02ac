"""Stock Channels as its tutorial builds it: a consumer per socket, a group per room.

With `BENCH_NAMES` each socket is in a group of its own and in ten of 200 others, too.
"""

import itertools
import os

from django.conf import settings

if not settings.configured:
    redis_url = os.environ.get("REDIS_URL")
    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=["channels"],
        CHANNEL_LAYERS={
            "default": (
                {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [redis_url]}}
                if redis_url
                else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
            )
        },
    )

import django  # after the settings

django.setup()  # the imports below need it

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import re_path  # noqa: E402

numbers = itertools.count()


class BenchConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.rooms = ["bench.1"]
        if os.environ.get("BENCH_NAMES"):
            number = next(numbers)
            topics = [20 * part + (number * (part + 1) + number // 20) % 20 for part in range(10)]
            self.rooms += [f"own.{number}", *(f"topic.{topic}" for topic in topics)]
        for room in self.rooms:
            await self.channel_layer.group_add(room, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for room in self.rooms:
            await self.channel_layer.group_discard(room, self.channel_name)

    async def receive_json(self, content: object) -> None:
        await self.channel_layer.group_send("bench.1", {"type": "bench.said", "payload": content})

    async def bench_said(self, event: dict[str, object]) -> None:
        await self.send_json({"type": "bench:said", "payload": event["payload"]})


application = ProtocolTypeRouter({"websocket": URLRouter([re_path("^.*$", BenchConsumer.as_asgi())])})
