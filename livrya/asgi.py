"""The ASGI application: what every server runs, Daphne and uvicorn alike."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livrya.settings")
django.setup()

from django.urls import get_resolver, re_path  # noqa: E402  # after the apps are loaded

from livrya.site.bodies import BoundedBodies  # noqa: E402
from livrya.site.handler import Handler  # noqa: E402
from realtime.doors.proxies import BehindProxies  # noqa: E402
from realtime.doors.routers import Doors, Paths  # noqa: E402
from realtime.routing import http_urlpatterns, websocket_application  # noqa: E402

# Every view and serializer: imported by the first request, they held the loop for a third of a second.
get_resolver().reverse_dict  # noqa: B018  # filled when it is read

application = BehindProxies(
    Doors(
        {
            "http": Paths([*http_urlpatterns, re_path(r"", BoundedBodies(Handler()))]),  # type: ignore[arg-type]  # not a view
            "websocket": websocket_application,
        }
    )
)
