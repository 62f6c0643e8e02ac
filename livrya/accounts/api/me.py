"""One's own account."""

from django.contrib.auth import logout, update_session_auth_hash
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from livrya.accounts.api import serializers
from livrya.accounts.api.authentication import asker
from livrya.accounts.services import access, people
from livrya.accounts.services.tokens import AccessClaims
from livrya.kit.api.reading import body


class _OwnView(APIView):
    permission_classes = (IsAuthenticated,)


class AccountView(_OwnView):
    """The asker's account."""

    @extend_schema(operation_id="account", responses=serializers.AccountSerializer)
    def get(self, request: Request) -> Response:
        return Response(serializers.AccountSerializer(asker(request)).data)

    @extend_schema(
        operation_id="changeProfile",
        request=serializers.ProfileChangeSerializer,
        responses=serializers.AccountSerializer,
    )
    def patch(self, request: Request) -> Response:
        me = asker(request)
        changed = people.update_profile(actor=me, user=me, **body(request, serializers.ProfileChangeSerializer))
        return Response(serializers.AccountSerializer(changed).data)


class PrivacyView(_OwnView):
    """What the asker hides; open connections follow at once."""

    @extend_schema(
        operation_id="changePrivacy", request=serializers.PrivacySerializer, responses=serializers.AccountSerializer
    )
    def patch(self, request: Request) -> Response:
        me = asker(request)
        changed = people.set_privacy(actor=me, user=me, **body(request, serializers.PrivacySerializer))
        return Response(serializers.AccountSerializer(changed).data)


class AvatarView(_OwnView):
    """The asker's picture; it is written anew as a small square."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="putAvatar", request=serializers.AvatarSerializer, responses=serializers.AccountSerializer
    )
    def put(self, request: Request) -> Response:
        me = asker(request)
        upload = body(request, serializers.AvatarSerializer)["avatar"]
        return Response(serializers.AccountSerializer(people.set_avatar(actor=me, user=me, upload=upload)).data)

    @extend_schema(operation_id="removeAvatar", responses={204: None})
    def delete(self, request: Request) -> Response:
        me = asker(request)
        people.set_avatar(actor=me, user=me, upload=None)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordView(_OwnView):
    """Changes the password and ends every other sign-in; a program signs in again, a browser stays."""

    @extend_schema(operation_id="changePassword", request=serializers.PasswordChangeSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        me = asker(request)
        given = body(request, serializers.PasswordChangeSerializer)
        changed = access.change_password(actor=me, user=me, **given)
        if not isinstance(request.auth, AccessClaims):
            update_session_auth_hash(request._request, changed)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeactivationView(_OwnView):
    """Closes the asker's account and ends every sign-in."""

    @extend_schema(operation_id="deactivate", request=serializers.PasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        me = asker(request)
        access.close_own_account(actor=me, **body(request, serializers.PasswordSerializer))
        if not isinstance(request.auth, AccessClaims):
            logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)
