"""Comments on chapters."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from books import limits
from books.api.serializers.fields import ParagraphField
from books.models import Comment
from livrya.accounts.api.serializers import PersonSerializer
from livrya.kit.api.fields import IdField, ModelSerializer, Serializer, TextField


class CommentSerializer(ModelSerializer):
    """A comment; one that was deleted or hidden keeps its place for its answers, without author and text."""

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
    paragraph = ParagraphField(required=False, allow_null=True)


class CommentChangeSerializer(Serializer):
    text = TextField(max_length=limits.COMMENT)
