"""What readers keep: subscriptions, shelves and places."""

from rest_framework import serializers

from books.api.serializers.books import BookSerializer
from books.api.serializers.chapters import ChapterRowSerializer
from books.api.serializers.fields import ParagraphField
from books.models import ReadingProgress, Shelf, ShelfEntry, Subscription, SubscriptionLevel
from livrya.kit.api.fields import ModelSerializer, Serializer


class SubscriptionSerializer(ModelSerializer):
    class Meta:
        model = Subscription
        fields = ("book_id", "level", "created_at")


class OwnSubscriptionSerializer(SubscriptionSerializer):
    book = BookSerializer()

    class Meta(SubscriptionSerializer.Meta):
        fields = (*SubscriptionSerializer.Meta.fields, "book")  # type: ignore[assignment]  # longer than the base's


class LevelSerializer(Serializer):
    level = serializers.ChoiceField(SubscriptionLevel.choices, default=SubscriptionLevel.ALL)


class ShelfSerializer(Serializer):
    shelf = serializers.ChoiceField(Shelf.choices)


class ShelfEntrySerializer(ModelSerializer):
    book = BookSerializer()

    class Meta:
        model = ShelfEntry
        fields = ("book", "shelf", "updated_at")


class ProgressSerializer(ModelSerializer):
    """A place in a chapter: `position` is the part read, 0.0 to 1.0."""

    class Meta:
        model = ReadingProgress
        fields = ("book_id", "chapter_id", "position", "paragraph", "opened_at", "updated_at")


class PlaceSerializer(ProgressSerializer):
    """The asker's place in a book."""

    book = BookSerializer()
    chapter = ChapterRowSerializer()

    class Meta(ProgressSerializer.Meta):
        fields = (*ProgressSerializer.Meta.fields, "book", "chapter")  # type: ignore[assignment]  # longer


class ProgressChangeSerializer(Serializer):
    position = serializers.FloatField(min_value=0, max_value=1)
    paragraph = ParagraphField(required=False)
