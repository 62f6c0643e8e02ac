"""How the routes of notifications answer; see tests/livrya/routes.py."""

from tests.livrya.routes import Route, signed_in

ROUTES = [
    Route("get", "api-notifications", signed_in(200)),
    Route("post", "api-notifications-read", signed_in(200), given={"all": True}),
    Route("get", "api-notification-preferences", signed_in(200)),
    Route("put", "api-notification-preferences", signed_in(200), given={"kinds": []}),
]
