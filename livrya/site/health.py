"""`/healthz` and `/readyz`, whatever host is asked for: supervisors ask a machine by its address."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

from realtime.ops.health import healthz, readyz

_VIEWS = {"/healthz": healthz, "/readyz": readyz}


@sync_and_async_middleware
def health(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answers before anything that checks hosts, redirects, or needs the database; to stand first."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> Any:
            view = _VIEWS.get(request.path_info)
            return await view(request) if view else await get_response(request)

        return asynchronous

    def synchronous(request: HttpRequest) -> Any:
        view = _VIEWS.get(request.path_info)
        return async_to_sync(view)(request) if view else get_response(request)

    return synchronous
