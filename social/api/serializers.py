"""What may be said to groups over HTTP; what they answer has the shapes of `social.events`."""

from rest_framework import serializers

from livrya.kit.api.fields import IdField, LineField, Serializer, TextField, TimeField
from social import limits
from social.models import Role


class GroupChangeSerializer(Serializer):
    """What describes a group; only what is sent changes. `password` empty: none is asked for."""

    name = LineField(max_length=limits.NAME, required=False)
    description = TextField(max_length=limits.DESCRIPTION, allow_blank=True, required=False)
    is_private = serializers.BooleanField(required=False)
    password = serializers.CharField(
        max_length=limits.PASSWORD, allow_blank=True, trim_whitespace=False, required=False
    )
    max_users = serializers.IntegerField(
        min_value=limits.FEWEST_USERS, max_value=limits.MOST_USERS, allow_null=True, required=False
    )
    restrict_invitations = serializers.BooleanField(required=False)


class NewGroupSerializer(GroupChangeSerializer):
    """A group that is to be made."""

    name = LineField(max_length=limits.NAME)
    persistent = serializers.BooleanField(required=False)
    auto_delete = serializers.BooleanField(required=False)


class EndSerializer(Serializer):
    """Why a group ends, for its members."""

    reason = LineField(max_length=limits.REASON, allow_blank=True, required=False)


class KeySerializer(Serializer):
    """What opens a group: its password, or the token of a link."""

    password = serializers.CharField(max_length=limits.PASSWORD, trim_whitespace=False, required=False)
    invite = serializers.CharField(max_length=100, required=False)


class SlowModeSerializer(Serializer):
    seconds = serializers.IntegerField(min_value=0, max_value=limits.SLOWEST_SECONDS)


class PlaceSerializer(Serializer):
    """The number of the message up to which everything is read."""

    number = serializers.IntegerField(min_value=0, max_value=2**62)


class RoleSerializer(Serializer):
    role = serializers.ChoiceField(Role.choices)


class WhomSerializer(Serializer):
    """Somebody."""

    user_id = IdField()


class BanSerializer(WhomSerializer):
    """Somebody who is to be kept out, and why."""

    reason = LineField(max_length=limits.REASON, allow_blank=True, required=False)


class LinkSerializer(Serializer):
    """Until when a link opens the group; a week unless it says."""

    expires_at = TimeField(required=False)


class NewMessageSerializer(Serializer):
    """Something to be said; `attachments` are ids of files uploaded to the group before."""

    text = TextField(max_length=limits.MESSAGE, allow_blank=True, required=False)
    reply_to_id = IdField(required=False, allow_null=True)
    attachments = serializers.ListField(child=IdField(), max_length=limits.ATTACHMENTS, required=False)


class MessageChangeSerializer(Serializer):
    text = TextField(max_length=limits.MESSAGE, allow_blank=True)


class UploadSerializer(Serializer):
    file = serializers.FileField()
