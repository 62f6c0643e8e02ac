"""Files of other programs, as read and as accepted."""

from rest_framework import serializers

from books import limits
from books.importing.foreign.shapes import MOST_CHAPTERS, Remark
from books.models import Import
from livrya.kit.api.fields import IdField, LineField, ModelSerializer, Serializer


class FileSerializer(Serializer):
    """A .docx, .epub, .html, .md or .txt file; its name says which."""

    file = serializers.FileField()


class FoundChapterSerializer(Serializer):
    """A chapter of a file; one that does not fit is longer than a chapter may be, and cannot be accepted."""

    title = serializers.CharField()
    volume = serializers.CharField(allow_blank=True)
    words = serializers.IntegerField()
    beginning = serializers.CharField(allow_blank=True)
    fits = serializers.BooleanField()


class ImportSerializer(ModelSerializer):
    """What was read of a file. `done` of the accepted chapters are written; `bookId` and `chapterId` say where."""

    remarks = serializers.ListField(child=serializers.ChoiceField([remark.value for remark in Remark]))
    chapters = FoundChapterSerializer(source="outline", many=True)
    chosen = serializers.ListField(child=serializers.IntegerField())
    book_id = IdField(allow_null=True)
    chapter_id = IdField(allow_null=True)

    class Meta:
        model = Import
        fields = (
            "id",
            "name",
            "title",
            "author",
            "language",
            "remarks",
            "chapters",
            "created_at",
            "accepted_at",
            "chosen",
            "done",
            "book_id",
            "chapter_id",
        )
        read_only_fields = fields


class AcceptSerializer(Serializer):
    """`chapters` are places in the file's own list, from 0; without it, all. A book to add to, a chapter to write
    anew, or neither for a new book, called `title` or as the file is."""

    chapters = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MOST_CHAPTERS), required=False, max_length=MOST_CHAPTERS
    )
    book_id = IdField(required=False)
    chapter_id = IdField(required=False)
    title = LineField(max_length=limits.TITLE, required=False, allow_blank=True)
