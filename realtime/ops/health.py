"""Is the process alive, and may it be given work? For supervisors and load balancers."""

import asyncio

from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from realtime.hub.hub import hub_of


async def healthz(request: HttpRequest) -> HttpResponse:
    """Answers as long as the event loop turns."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


async def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the process can do its work, 503 when it should get none (database down, or leaving).

    `layer` "down" is no reason: events then travel by the sweep. Parts that have not begun yet are "idle".
    """
    hub = hub_of(asyncio.get_running_loop())
    database = await asyncio.to_thread(_database_answers)
    draining = hub is not None and hub.draining
    parts = {
        "database": "ok" if database else "down",
        "sweep": "idle" if hub is None else "ok" if hub.sweep.working else "failing",
        "layer": "idle" if hub is None else "ok" if hub.layer.healthy else "down",
        "draining": draining,
    }
    return JsonResponse(parts, status=200 if database and not draining else 503, headers={"Cache-Control": "no-store"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    else:
        return True
    finally:
        connection.close()
