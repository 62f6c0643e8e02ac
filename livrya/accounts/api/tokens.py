"""Signing up and in for programs, and tickets for sockets."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import realtime
from livrya.accounts.addresses import client_address
from livrya.accounts.api import serializers
from livrya.accounts.api.authentication import asker
from livrya.accounts.services import people, tokens
from livrya.accounts.services.tokens import AccessClaims
from livrya.accounts.sessions import credential
from livrya.kit.api.fields import unix_now_ms
from livrya.kit.api.reading import body
from realtime.errors import Unauthenticated
from realtime.identity import Identity


class _DoorView(APIView):
    """Asks nobody who they are: an expired token must not keep anyone from getting a new one."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class SignUpView(_DoorView):
    """Creates an account and signs in."""

    @extend_schema(
        operation_id="signUp", request=serializers.SignUpSerializer, responses={201: serializers.SignedInSerializer}
    )
    def post(self, request: Request) -> Response:
        user = people.sign_up(**body(request, serializers.SignUpSerializer), address=client_address(request._request))
        answer = serializers.signed_in(user, tokens.issue(user=user))
        return Response(answer, status=status.HTTP_201_CREATED)


class SignInView(_DoorView):
    """Exchanges name and password for a pair of tokens."""

    @extend_schema(
        operation_id="signIn", request=serializers.SignInSerializer, responses=serializers.SignedInSerializer
    )
    def post(self, request: Request) -> Response:
        given = body(request, serializers.SignInSerializer)
        user, pair = tokens.sign_in(request=request._request, **given)
        return Response(serializers.signed_in(user, pair))


class RefreshView(_DoorView):
    """Exchanges a refresh token for a new pair; the old one is then spent. Open connections stay."""

    @extend_schema(
        operation_id="refresh", request=serializers.RefreshSerializer, responses=serializers.TokensSerializer
    )
    def post(self, request: Request) -> Response:
        return Response(serializers.token_pair(tokens.rotate(**body(request, serializers.RefreshSerializer))))


class RevokeView(_DoorView):
    """Ends all tokens of this sign-in, and every connection that they opened."""

    @extend_schema(operation_id="revoke", request=serializers.RefreshSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        tokens.revoke(**body(request, serializers.RefreshSerializer))
        return Response(status=status.HTTP_204_NO_CONTENT)


class TicketView(APIView):
    """Gives a ticket for one connection, the only credential that may stand in an address."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="ticket", request=None, responses={201: serializers.TicketSerializer})
    def post(self, request: Request) -> Response:
        expires_at = unix_now_ms() + realtime.TICKET_LIFETIME_MS
        answer = {"ticket": tokens.issue_ticket(_identity(request)), "expires_at": expires_at}
        return Response(serializers.TicketSerializer(answer).data, status=status.HTTP_201_CREATED)


def _identity(request: Request) -> Identity:
    """Returns the identity that a ticket carries: it ends with the sign-in that it was given to."""
    me = asker(request)
    if isinstance(request.auth, AccessClaims):
        claims = request.auth
        return Identity(me.pk, me.username, me.is_staff, claims.credential, claims.expires_at_ms, me.display_name)
    key = request._request.session.session_key
    if not key:
        raise Unauthenticated
    return Identity(me.pk, me.username, me.is_staff, credential(key), display_name=me.display_name)
