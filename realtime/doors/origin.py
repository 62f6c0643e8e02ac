"""Which page is behind an HTTP request of a door."""

from realtime.sessions.authentication import header
from realtime.transport.asgi import Scope


def with_origin(scope: Scope) -> Scope:
    """Returns the scope with the Origin that a browser leaves out when it polls its own site.

    Browsers send no Origin with a same-origin GET; they say so in Sec-Fetch-Site, which no page can forge.
    """
    if scope["type"] != "http" or header(dict(scope), b"origin"):
        return scope
    if header(dict(scope), b"sec-fetch-site") != "same-origin":
        return scope
    origin = f"{scope['scheme']}://{header(dict(scope), b'host')}".encode("latin-1")
    completed: Scope = {**scope, "headers": [*scope["headers"], (b"origin", origin)]}
    return completed
