"""Django behind the doors: pages, the API and the admin."""

import asyncio
import weakref
from contextlib import ExitStack
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest

from livrya.site.request_threads import RequestThreads
from realtime.ops.health import healthz, readyz

BEGIN_AT_ONCE = 2
"""Requests of one process that may be in their first tenth of a second.

Each takes a thread, and the threads take the interpreter from the loop and from each other: while ten clients asked
for pages as fast as they got them, others' `session:ping` took 15 ms in the median with ten at once, 10 with four,
5 with two (`python -m benchmarks.hostile "most paragraphs"`).
"""
_YOUNG_SECONDS = 0.1
"""Whoever works longer mostly waits, for the database or for a turn, and is not to hold the others up."""

# Whatever host is asked for: supervisors ask a machine by its address. And before all that needs a thread.
_HEALTH = {"/healthz": healthz, "/readyz": readyz}


class Handler(ASGIHandler):
    """Django's own, with everything of a request in one thread, and few requests in threads at once.

    Where middleware of both kinds is mixed, Django's own goes from the loop to a thread and back for each.
    """

    def __init__(self) -> None:
        super().__init__()
        self._places: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            weakref.WeakKeyDictionary()
        )
        self._threads = RequestThreads()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        with self._threads.one() as thread:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> Any:
        if view := _HEALTH.get(request.path_info):
            return await view(request)
        loop = asyncio.get_running_loop()
        places = self._places.get(loop)
        if places is None:
            places = self._places[loop] = asyncio.Semaphore(BEGIN_AT_ONCE)
        await places.acquire()
        place = ExitStack()
        place.callback(places.release)
        loop.call_later(_YOUNG_SECONDS, place.close)
        # A client that is gone by then cancels this, but not the thread: the place is kept until its time is up.
        response: Any = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        place.close()
        return response
