"""Reviews of books."""

from rest_framework import serializers

from books import limits
from books.models import Review
from livrya.accounts.api.serializers import PersonSerializer
from livrya.kit.api.fields import ModelSerializer, Serializer, TextField


class ReviewSerializer(ModelSerializer):
    author = PersonSerializer()

    class Meta:
        model = Review
        fields = ("id", "book_id", "author", "rating", "text", "created_at", "edited_at")


class NewReviewSerializer(Serializer):
    rating = serializers.IntegerField(min_value=1, max_value=5)
    text = TextField(max_length=limits.REVIEW, required=False, allow_blank=True)


class ReviewChangeSerializer(Serializer):
    rating = serializers.IntegerField(min_value=1, max_value=5, required=False)
    text = TextField(max_length=limits.REVIEW, required=False, allow_blank=True)
