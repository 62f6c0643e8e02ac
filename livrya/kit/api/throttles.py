"""How much one may ask of the HTTP API; the rates are in the settings (`REST_FRAMEWORK`).

These are requests, whatever they ask for. Acts are counted by the services that do them
(`realtime.people.limits.acts`).

Counts live in Django's cache: in Redis for all processes together, else in each process by itself. A cache that
does not answer lets requests through: being reachable matters more than counting.
"""

import logging
from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

from realtime.identity import tries_counted_as

if TYPE_CHECKING:  # DRF's views import the throttles of the settings
    from rest_framework.views import APIView

log = logging.getLogger(__name__)


class _Forgiving(SimpleRateThrottle):
    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError) as error:
            log.warning("Requests are not being counted: %s", error)
            return True

    def get_ident(self, request: Request) -> str:
        return tries_counted_as(super().get_ident(request) or "")


class AnonymousRate(_Forgiving, AnonRateThrottle):
    """By address, for whoever is not signed in; the rate `anon`."""


class PersonRate(_Forgiving, UserRateThrottle):
    """By person; the rate `user`."""
