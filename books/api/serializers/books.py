"""Books, as read and as written."""

from rest_framework import serializers

from books import limits
from books.api.serializers.fields import WarningsField
from books.api.serializers.positions import PositionSerializer
from books.models import Book, ContentRating, Credit, Progress, Tag, Visibility
from livrya.accounts.api.serializers import PersonSerializer
from livrya.kit.api.fields import LineField, ModelSerializer, Serializer, TextField


class TagSerializer(ModelSerializer):
    class Meta:
        model = Tag
        fields = ("name", "slug")


class WorkerSerializer(ModelSerializer):
    """Somebody who works on a book."""

    person = PersonSerializer(source="user")

    class Meta:
        model = Credit
        fields = ("person", "kind")


class BookSerializer(ModelSerializer):
    """A book as whoever may see it sees it."""

    warnings = WarningsField()
    tags = TagSerializer(many=True)
    people = WorkerSerializer(many=True)
    cover = serializers.SerializerMethodField()
    average_rating = serializers.FloatField(allow_null=True)
    hidden = serializers.SerializerMethodField()

    class Meta:
        model = Book
        fields = (
            "id",
            "slug",
            "title",
            "blurb",
            "byline",
            "licence",
            "language",
            "rating",
            "warnings",
            "tags",
            "people",
            "cover",
            "progress",
            "visibility",
            "hidden",
            "published_count",
            "word_count",
            "last_published_at",
            "subscriber_count",
            "review_count",
            "average_rating",
            "created_at",
        )

    def get_cover(self, book: Book) -> str | None:
        return book.cover.url if book.cover else None

    def get_hidden(self, book: Book) -> bool:
        return book.hidden_at is not None


class BookPageSerializer(BookSerializer):
    """A book, and its room's position when it was read."""

    position = PositionSerializer(read_only=True)

    class Meta(BookSerializer.Meta):
        fields = (*BookSerializer.Meta.fields, "position")  # type: ignore[assignment]  # longer than the base's


class BookChangeSerializer(Serializer):
    """What describes a book; only what is sent changes."""

    title = LineField(max_length=limits.TITLE, required=False)
    blurb = TextField(max_length=limits.SUMMARY, required=False, allow_blank=True)
    byline = LineField(max_length=limits.TITLE, required=False, allow_blank=True)
    licence = LineField(max_length=limits.TITLE, required=False, allow_blank=True)
    language = serializers.CharField(max_length=35, required=False)
    rating = serializers.ChoiceField(ContentRating.choices, required=False)
    warnings = WarningsField(required=False)
    tags = serializers.ListField(
        child=LineField(max_length=limits.TAG), required=False, max_length=limits.TAGS_PER_BOOK
    )
    progress = serializers.ChoiceField(Progress.choices, required=False)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    default_note = TextField(max_length=limits.NOTE, required=False, allow_blank=True)


class NewBookSerializer(BookChangeSerializer):
    title = LineField(max_length=limits.TITLE)
    slug = serializers.SlugField(max_length=100, required=False)


class CoverSerializer(Serializer):
    cover = serializers.FileField()
