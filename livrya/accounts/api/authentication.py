"""Recognises `Authorization: Bearer …`, and tells the schema of it."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.errors import Unauthenticated


class BearerToken(BaseAuthentication):
    """DRF authentication by access token; `request.auth` is then `tokens.AccessClaims`."""

    def authenticate(self, request: Request) -> tuple[User, tokens.AccessClaims] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        try:
            claims = tokens.verify(token.strip().decode("ascii"))
        except UnicodeDecodeError as error:
            raise Unauthenticated("The token is not valid.") from error
        return claims.user, claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def asker(request: Request) -> User:
    """Returns who asks. Raises Unauthenticated for nobody."""
    if not isinstance(request.user, User):
        raise Unauthenticated
    return request.user


def visitor(request: Request) -> User | None:
    """Returns who asks, None for nobody."""
    return request.user if isinstance(request.user, User) else None


class _Scheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers by subclassing
    target_class = BearerToken
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return build_bearer_security_scheme_object("Authorization", "Bearer", "JWT")
