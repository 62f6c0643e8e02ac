"""Channels' routers, handing on the coroutine of what they find."""

import asyncio
import contextlib
from typing import Any

import pytest
from channels.routing import URLRouter
from django.urls import path, re_path

from realtime.doors.proxies import BehindProxies, EncryptedOnly
from realtime.doors.routers import Doors, Paths


def test_what_stands_before_the_doors_keeps_no_coroutine_of_its_own() -> None:
    async def door(scope: Any, receive: Any, send: Any) -> None: ...

    routed = Paths([path("ws/", door)])  # type: ignore[arg-type]  # not a view
    for application in (BehindProxies(door), EncryptedOnly(door), Doors({"websocket": door}), routed):
        assert asyncio.iscoroutinefunction(application.__call__), "servers would take it for ASGI 2"
        served: Any = application({"type": "websocket", "scheme": "ws", "path": "/ws/"}, None, None)
        assert served.cr_code is door.__code__
        served.close()


def test_a_path_is_found_as_channels_finds_it() -> None:
    found: list[Any] = []

    def door(scope: Any, receive: Any, send: Any) -> None:
        found.append((scope["url_route"], scope["path_remaining"]))

    routes = [path("ws/", door, {"kind": "plain"}), re_path(r"^ws/(?P<namespace>[a-z]+)/$", door)]  # type: ignore[arg-type]  # as above
    ours, theirs = Paths(routes), URLRouter(routes)
    for scope in (
        {"path": "/ws/"},
        {"path": "/ws/halls/"},
        {"path": "/below/ws/halls/", "root_path": "/below"},
    ):
        ours(dict(scope), None, None)  # type: ignore[arg-type]  # not called
        with contextlib.suppress(TypeError):  # it would await the door
            asyncio.run(theirs(dict(scope), None, None))
        assert found[-2] == found[-1]
    for scope in ({"path": "/nothing/"}, {"path": "/ws/", "root_path": "/below"}):
        with pytest.raises(ValueError, match="No route found"):
            ours(dict(scope), None, None)  # type: ignore[arg-type]  # as above
    assert len(found) == 6
