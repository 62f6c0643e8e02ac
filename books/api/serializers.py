"""What of the library travels over HTTP."""

from enum import IntFlag
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from books import limits, text
from books.models import (
    Book,
    Chapter,
    Comment,
    ContentRating,
    ContentWarning,
    Credit,
    CreditKind,
    Invitation,
    Progress,
    ReadingProgress,
    Review,
    Right,
    Shelf,
    ShelfEntry,
    Subscription,
    SubscriptionLevel,
    Tag,
    Visibility,
)
from livrya.accounts.api.serializers import PersonSerializer
from livrya.api.fields import IdField, LineField, ModelSerializer, Serializer, TextField, TimeField


class FlagsField(serializers.Field[int, Any, list[str], Any]):
    """A bitmask; a list of names in small letters on the wire."""

    default_error_messages = {"invalid": "Give a list of known names."}

    def __init__(self, flags: type[IntFlag], **kwargs: Any) -> None:
        self.names = {str(flag.name).lower(): int(flag) for flag in flags}
        super().__init__(**kwargs)

    def to_representation(self, value: int) -> list[str]:
        return [name for name, bit in self.names.items() if bit & value]

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, list) or not all(isinstance(name, str) and name in self.names for name in data):
            self.fail("invalid")
        return sum({self.names[name] for name in data})


@extend_schema_field(
    {"type": "array", "items": {"type": "string", "enum": [str(w.name).lower() for w in ContentWarning]}}
)
class WarningsField(FlagsField):
    """Content warnings by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ContentWarning, **kwargs)


@extend_schema_field(
    {"type": "array", "items": {"type": "string", "enum": [str(right.name).lower() for right in Right]}}
)
class RightsField(FlagsField):
    """Rights in a book by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Right, **kwargs)


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


class PositionSerializer(Serializer):
    """A place in a room's log: what `since` takes."""

    epoch = serializers.CharField()
    seq = serializers.IntegerField()


class BookPageSerializer(BookSerializer):
    """A book, and where its room stood when it was read."""

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


class HiddenSerializer(Serializer):
    hidden = serializers.BooleanField()


class ChapterRowSerializer(ModelSerializer):
    """A chapter in a table of contents; `publishAt` is set while it is scheduled."""

    class Meta:
        model = Chapter
        fields = (
            "id",
            "book_id",
            "number",
            "volume",
            "title",
            "state",
            "word_count",
            "publish_at",
            "published_at",
            "silent",
            "comments_locked",
            "version",
        )


class ChapterSerializer(ChapterRowSerializer):
    """A chapter to read or to write: `text` as written, `paragraphs` and `noteHtml` as safe HTML.

    A paragraph's index is its address for comments and places.
    """

    paragraphs = serializers.SerializerMethodField()
    note_html = serializers.SerializerMethodField()
    position = PositionSerializer(read_only=True)

    class Meta(ChapterRowSerializer.Meta):
        fields = (  # type: ignore[assignment]  # longer than the base's
            *ChapterRowSerializer.Meta.fields,
            "text",
            "paragraphs",
            "note",
            "note_html",
            "position",
        )

    def get_paragraphs(self, chapter: Chapter) -> list[str]:
        return text.render(chapter.text)

    def get_note_html(self, chapter: Chapter) -> str:
        return text.render_whole(chapter.note)


class ChapterChangeSerializer(Serializer):
    """Only what is sent changes; `version` is the one that the writer started from."""

    title = LineField(max_length=limits.TITLE, required=False)
    text = TextField(max_length=limits.CHAPTER, required=False, allow_blank=True)
    note = TextField(max_length=limits.NOTE, required=False, allow_blank=True)
    volume = LineField(max_length=limits.TITLE, required=False, allow_blank=True)
    silent = serializers.BooleanField(required=False)
    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31)


class NewChapterSerializer(Serializer):
    title = LineField(max_length=limits.TITLE)
    text = TextField(max_length=limits.CHAPTER, required=False, allow_blank=True)
    note = TextField(max_length=limits.NOTE, required=False, allow_blank=True)
    volume = LineField(max_length=limits.TITLE, required=False, allow_blank=True)
    silent = serializers.BooleanField(required=False)


class OrderSerializer(Serializer):
    chapter_ids = serializers.ListField(child=IdField(), max_length=10_000)


class ReleaseSerializer(Serializer):
    silent = serializers.BooleanField(required=False, allow_null=True)


class ScheduleSerializer(Serializer):
    publish_at = TimeField()


class LockSerializer(Serializer):
    locked = serializers.BooleanField()


class CommentSerializer(ModelSerializer):
    """A comment; one that was deleted or hidden stands as a place for its answers, without author and text."""

    author = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    reactions = serializers.SerializerMethodField()
    own_reactions = serializers.SerializerMethodField()
    visible = serializers.BooleanField(source="is_visible")

    class Meta:
        model = Comment
        fields = (
            "id",
            "chapter_id",
            "author",
            "text",
            "parent_id",
            "paragraph",
            "depth",
            "path",
            "created_at",
            "edited_at",
            "visible",
            "reactions",
            "own_reactions",
        )

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_author(self, comment: Comment) -> Any:
        return PersonSerializer(comment.author).data if comment.is_visible else None

    def get_text(self, comment: Comment) -> str | None:
        return comment.text if comment.is_visible else None

    def get_reactions(self, comment: Comment) -> dict[str, int]:
        return dict(self.context.get("reactions", {}).get(comment.pk, {}))

    def get_own_reactions(self, comment: Comment) -> list[str]:
        return sorted(self.context.get("own_reactions", {}).get(comment.pk, ()))


class NewCommentSerializer(Serializer):
    text = TextField(max_length=limits.COMMENT)
    parent_id = IdField(required=False, allow_null=True)
    paragraph = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=limits.CHAPTER)


class CommentChangeSerializer(Serializer):
    text = TextField(max_length=limits.COMMENT)


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


class CreditSerializer(ModelSerializer):
    """Somebody's part in a book; `acceptedAt` is null while they have not answered."""

    person = PersonSerializer(source="user")
    rights = RightsField()

    class Meta:
        model = Credit
        fields = ("id", "book_id", "person", "kind", "rights", "created_at", "accepted_at")


class NewCreditSerializer(Serializer):
    """`rights` may be left out: then they are the usual ones of that kind."""

    user_id = IdField()
    kind = serializers.ChoiceField(CreditKind.choices)
    rights = RightsField(required=False)


class CreditChangeSerializer(Serializer):
    kind = serializers.ChoiceField(CreditKind.choices, required=False)
    rights = RightsField(required=False)


class InvitationSerializer(ModelSerializer):
    """Leave to read a private book; `acceptedAt` is null while the reader has not answered."""

    person = PersonSerializer(source="user")

    class Meta:
        model = Invitation
        fields = ("id", "book_id", "person", "created_at", "accepted_at")


class NewInvitationSerializer(Serializer):
    user_id = IdField()


class OfferSerializer(ModelSerializer):
    """A part in a book that the asker is offered."""

    title = serializers.CharField(source="book.title")
    rights = RightsField()

    class Meta:
        model = Credit
        fields = ("id", "book_id", "title", "kind", "rights", "created_at")


class OwnInvitationSerializer(ModelSerializer):
    """A private book that the asker may come to read."""

    title = serializers.CharField(source="book.title")

    class Meta:
        model = Invitation
        fields = ("id", "book_id", "title", "created_at")


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
    paragraph = serializers.IntegerField(required=False, min_value=0, max_value=limits.CHAPTER)
