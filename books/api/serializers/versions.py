"""Versions of a draft, and what is different between two."""

from typing import Any, get_args

from rest_framework import serializers

from books import limits
from books.drafting.blocks import Block
from books.drafting.comparing import Compared, Fate, PieceFate
from books.models import Version
from livrya.accounts.api.serializers import PersonSerializer
from livrya.kit.api.fields import LineField, ModelSerializer, Serializer


class VersionRowSerializer(ModelSerializer):
    """A version in a list; `person` named, published or restored, and is null for what was kept by itself."""

    person = PersonSerializer(source="actor", allow_null=True)

    class Meta:
        model = Version
        fields = ("id", "chapter_id", "kind", "name", "person", "word_count", "created_at")


class VersionSerializer(VersionRowSerializer):
    """A version with all that the draft said; `paragraphIds` names the paragraphs of `text` in order."""

    class Meta(VersionRowSerializer.Meta):
        fields = (*VersionRowSerializer.Meta.fields, "text", "paragraph_ids")  # type: ignore[assignment]  # longer


class NewVersionSerializer(Serializer):
    name = LineField(max_length=limits.TITLE)


class PieceSerializer(Serializer):
    """Some of a paragraph; `restyled` are the same words with other marks or another link."""

    fate = serializers.ChoiceField(get_args(PieceFate))
    text = serializers.CharField()


class ComparedSerializer(Serializer):
    """A paragraph of either; one that moved is removed in one place and added in another."""

    fate = serializers.ChoiceField(get_args(Fate))
    paragraph_id = serializers.SerializerMethodField()
    kind = serializers.SerializerMethodField()
    moved = serializers.BooleanField(source="is_moved")
    pieces = PieceSerializer(many=True)

    def get_paragraph_id(self, compared: Compared) -> str | None:
        return _block(compared).id

    def get_kind(self, compared: Compared) -> str:
        return _block(compared).kind


def _block(compared: Compared) -> Block:
    found: Any = compared.after or compared.before
    assert isinstance(found, Block)
    return found
