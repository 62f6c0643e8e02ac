"""The ASGI application: what every server runs, Daphne and uvicorn alike."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livrya.settings")
django.setup()

from channels.routing import ProtocolTypeRouter  # noqa: E402  # after the apps are loaded
from django.core.asgi import get_asgi_application  # noqa: E402

from realtime.routing import websocket_application  # noqa: E402

application = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": websocket_application})
