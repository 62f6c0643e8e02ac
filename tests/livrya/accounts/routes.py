"""How the routes of accounts answer; see tests/livrya/routes.py."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from livrya.accounts.services import tokens
from tests.livrya.accounts.people import PASSWORD
from tests.livrya.routes import Route, World, everybody, signed_in

NEW_PASSWORD = "another long secret"


def _picture() -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "PNG")
    return SimpleUploadedFile("a.png", written.getvalue(), "image/png")


def _refresh(world: World) -> dict[str, str]:
    return {"refresh": tokens.issue(user=world.reader).refresh}


AUTHOR = {"username": "author"}

ROUTES = [
    Route("get", "api-schema", everybody(200)),
    Route("get", "api-docs", everybody(200)),
    Route("post", "api-sign-up", everybody(201), given={"username": "new", "password": PASSWORD}),
    Route("post", "api-sign-in", everybody(200), given={"username": "reader", "password": PASSWORD}),
    Route("post", "api-refresh", everybody(200), given=_refresh),
    Route("post", "api-revoke", everybody(204), given=_refresh),
    Route("post", "api-ticket", signed_in(201)),
    Route("get", "api-account", signed_in(200)),
    Route("patch", "api-account", signed_in(200), given={"bio": "hello"}),
    Route("patch", "api-privacy", signed_in(200), given={"hideReading": True}),
    Route("put", "api-avatar", signed_in(200), given=lambda world: {"avatar": _picture()}, format="multipart"),
    Route("delete", "api-avatar", signed_in(204)),
    Route("post", "api-password", signed_in(204), given={"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}),
    Route("post", "api-deactivate", signed_in(204), given={"password": PASSWORD}),
    Route("get", "api-person", everybody(200), path=AUTHOR),
    Route("put", "api-follow", signed_in(204, author=400), path=AUTHOR),
    Route("delete", "api-follow", signed_in(204), path=AUTHOR),
    Route("put", "api-block", signed_in(204, author=400), path=AUTHOR),
    Route("delete", "api-block", signed_in(204), path=AUTHOR),
    Route("put", "api-mute", signed_in(204, author=400), path=AUTHOR),
    Route("delete", "api-mute", signed_in(204), path=AUTHOR),
    Route("get", "api-blocked", signed_in(200)),
    Route("get", "api-muted", signed_in(200)),
    Route("get", "api-followers", everybody(200), path=AUTHOR),
    Route("get", "api-following", everybody(200), path=AUTHOR),
]
