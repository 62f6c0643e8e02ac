"""A room's position when something was read."""

from rest_framework import serializers

from livrya.kit.api.fields import Serializer


class PositionSerializer(Serializer):
    """A place in a room's log: what `since` takes."""

    epoch = serializers.CharField()
    seq = serializers.IntegerField()
