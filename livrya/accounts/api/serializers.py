"""What of people travels over HTTP."""

from typing import Any

from rest_framework import serializers

from livrya.accounts.models import Block, Follow, Mute, User
from livrya.accounts.services.tokens import TokenPair
from livrya.kit.api.fields import LineField, ModelSerializer, Serializer, TextField


class PersonSerializer(ModelSerializer):
    """A person as anybody sees them."""

    display_name = serializers.SerializerMethodField()
    avatar = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "avatar")

    def get_display_name(self, user: User) -> str:
        return user.display_name or user.username

    def get_avatar(self, user: User) -> str | None:
        return user.avatar.url if user.avatar else None


class ProfileSerializer(PersonSerializer):
    """A person's page. What the asker has made of them is null when that is nobody or the person themselves."""

    follower_count = serializers.IntegerField()
    following_count = serializers.IntegerField()
    is_followed = serializers.BooleanField(allow_null=True)
    is_blocked = serializers.BooleanField(allow_null=True)
    is_muted = serializers.BooleanField(allow_null=True)

    class Meta(PersonSerializer.Meta):
        fields = (  # type: ignore[assignment]  # longer than the base's
            *PersonSerializer.Meta.fields,
            "bio",
            "date_joined",
            "follower_count",
            "following_count",
            "is_followed",
            "is_blocked",
            "is_muted",
        )


class AccountSerializer(PersonSerializer):
    """One's own account, which nobody else sees so."""

    display_name = serializers.CharField()  # type: ignore[assignment]  # empty when it is, unlike what others see

    class Meta(PersonSerializer.Meta):
        fields = (  # type: ignore[assignment]  # longer than the base's
            *PersonSerializer.Meta.fields,
            "bio",
            "email",
            "date_joined",
            "is_staff",
            "hide_online",
            "hide_reading",
            "hide_typing",
        )


class FollowerSerializer(ModelSerializer):
    """Who follows, and since when."""

    person = PersonSerializer(source="follower")

    class Meta:
        model = Follow
        fields = ("person", "created_at")


class FollowedSerializer(FollowerSerializer):
    """Who is followed, and since when."""

    person = PersonSerializer(source="followed")


class BlockedSerializer(ModelSerializer):
    """Whom the asker has blocked, and since when."""

    person = PersonSerializer(source="blocked")

    class Meta:
        model = Block
        fields = ("person", "created_at")


class MutedSerializer(ModelSerializer):
    """Whom the asker has muted, and since when."""

    person = PersonSerializer(source="muted")

    class Meta:
        model = Mute
        fields = ("person", "created_at")


class SignUpSerializer(Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, write_only=True, trim_whitespace=False)
    email = serializers.EmailField(required=False, default="", allow_blank=True, max_length=254)
    display_name = LineField(required=False, default="", allow_blank=True, max_length=80)


class ProfileChangeSerializer(Serializer):
    display_name = LineField(required=False, allow_blank=True, max_length=80)
    bio = TextField(required=False, allow_blank=True, max_length=1250)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)


class PrivacySerializer(Serializer):
    hide_online = serializers.BooleanField(required=False)
    hide_reading = serializers.BooleanField(required=False)
    hide_typing = serializers.BooleanField(required=False)


class PasswordChangeSerializer(Serializer):
    old_password = serializers.CharField(max_length=1000, trim_whitespace=False)
    new_password = serializers.CharField(max_length=1000, trim_whitespace=False)


class PasswordSerializer(Serializer):
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class AvatarSerializer(Serializer):
    avatar = serializers.FileField()


class SignInSerializer(Serializer):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, write_only=True, trim_whitespace=False)


class RefreshSerializer(Serializer):
    refresh = serializers.CharField(max_length=2000)


class TokensSerializer(Serializer):
    """`accessExpiresAt` is in Unix milliseconds."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    access_expires_at = serializers.IntegerField()


class SignedInSerializer(TokensSerializer):
    person = PersonSerializer()


class TicketSerializer(Serializer):
    """A ticket opens one connection, once, until `expiresAt` (Unix milliseconds)."""

    ticket = serializers.CharField()
    expires_at = serializers.IntegerField()


def signed_in(user: User, pair: TokenPair) -> dict[str, Any]:
    """Returns the answer to somebody who has just signed in or up."""
    return dict(SignedInSerializer({"person": user, **_as_dict(pair)}).data)


def token_pair(pair: TokenPair) -> dict[str, Any]:
    """Returns the answer to a rotation."""
    return dict(TokensSerializer(_as_dict(pair)).data)


def _as_dict(pair: TokenPair) -> dict[str, Any]:
    return {"access": pair.access, "refresh": pair.refresh, "access_expires_at": pair.access_expires_at}
