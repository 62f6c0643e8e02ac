"""What of notifications travels over HTTP; the same shape as over sockets."""

from typing import Any

import msgspec
from rest_framework import serializers

from livrya.kit.api.fields import IdField, Serializer
from notifications.events import shown
from notifications.models import Notification


class NotificationSerializer(Serializer):
    """`notifications.events.Shown`; the schema is declared here, the values come from there."""

    id = serializers.IntegerField()
    type = serializers.CharField()
    message = serializers.CharField()
    url = serializers.CharField()
    count = serializers.IntegerField()
    created_at = serializers.IntegerField()
    occurred_at = serializers.IntegerField()
    read_at = serializers.IntegerField(allow_null=True)
    book_id = serializers.IntegerField(allow_null=True)
    chapter_id = serializers.IntegerField(allow_null=True)
    comment_id = serializers.IntegerField(allow_null=True)
    review_id = serializers.IntegerField(allow_null=True)
    user_id = serializers.IntegerField(allow_null=True)
    group_id = serializers.IntegerField(allow_null=True)
    message_id = serializers.IntegerField(allow_null=True)

    def to_representation(self, instance: Notification) -> dict[str, Any]:
        return dict(msgspec.to_builtins(shown(instance)))


class ReadSerializer(Serializer):
    """Either `ids` or `all`."""

    ids = serializers.ListField(child=IdField(), required=False, max_length=500, allow_empty=False)
    all = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("ids" in attrs) == attrs["all"]:
            raise serializers.ValidationError("Give either ids or all.")
        return attrs


class UnreadSerializer(Serializer):
    unread = serializers.IntegerField()


class PreferenceSerializer(Serializer):
    """Whether the asker wants a kind in the app."""

    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, not the serializer's own
    in_app = serializers.BooleanField()


class WantedSerializer(Serializer):
    """The kinds that are wanted; all others are not."""

    kinds = serializers.ListField(child=serializers.CharField(max_length=32), max_length=100)
