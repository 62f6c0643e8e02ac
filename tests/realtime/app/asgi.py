"""What the halls' servers run, Daphne and uvicorn alike."""

import django

django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.urls import re_path  # noqa: E402

from realtime.doors.proxies import BehindProxies  # noqa: E402
from realtime.doors.routers import Doors, Paths  # noqa: E402
from realtime.routing import http_urlpatterns, websocket_application  # noqa: E402

application = BehindProxies(
    Doors(
        {
            "http": Paths([*http_urlpatterns, re_path(r"", get_asgi_application())]),  # type: ignore[arg-type]
            "websocket": websocket_application,
        }
    )
)
