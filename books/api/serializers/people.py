"""Who works on a book, and who may read a private one."""

from rest_framework import serializers

from books.api.serializers.fields import RightsField
from books.models import Credit, CreditKind, Invitation
from livrya.accounts.api.serializers import PersonSerializer
from livrya.kit.api.fields import IdField, ModelSerializer, Serializer


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
    """Permission to read a private book; `acceptedAt` is null while the reader has not answered."""

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
