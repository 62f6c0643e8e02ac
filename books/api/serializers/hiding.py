"""Hiding and showing again, as moderators do with books, comments and reviews."""

from rest_framework import serializers

from livrya.kit.api.fields import Serializer


class HiddenSerializer(Serializer):
    hidden = serializers.BooleanField()
