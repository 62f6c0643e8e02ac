"""Chapters, as read and as written."""

from rest_framework import serializers

from books import limits
from books.api.serializers.positions import PositionSerializer
from books.models import Chapter
from books.services.rendering import Rendered
from livrya.kit.api.fields import IdField, LineField, ModelSerializer, Serializer, TextField, TimeField


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

    `paragraphIds` names the paragraphs in the same order, for comments and places: an id stays with its paragraph
    when the text changes. The context has the `rendered` chapter.
    """

    paragraphs = serializers.SerializerMethodField()
    note_html = serializers.SerializerMethodField()
    position = PositionSerializer(read_only=True)

    class Meta(ChapterRowSerializer.Meta):
        fields = (  # type: ignore[assignment]  # longer than the base's
            *ChapterRowSerializer.Meta.fields,
            "text",
            "paragraphs",
            "paragraph_ids",
            "note",
            "note_html",
            "position",
        )

    def get_paragraphs(self, chapter: Chapter) -> list[str]:
        return self._rendered.paragraphs

    def get_note_html(self, chapter: Chapter) -> str:
        return self._rendered.note

    @property
    def _rendered(self) -> Rendered:
        found: Rendered = self.context["rendered"]
        return found


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


class ChangesSerializer(Serializer):
    """`version` is the one of the text that the publisher has seen; without it whatever is there is replaced."""

    version = serializers.IntegerField(required=False, min_value=1, max_value=2**31)


class ReleaseSerializer(Serializer):
    silent = serializers.BooleanField(required=False, allow_null=True)


class ScheduleSerializer(Serializer):
    publish_at = TimeField()


class LockSerializer(Serializer):
    locked = serializers.BooleanField()
