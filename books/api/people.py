"""Who works on a book, and who may read a private one."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from books.api.serializers.people import (
    CreditChangeSerializer,
    CreditSerializer,
    InvitationSerializer,
    NewCreditSerializer,
    NewInvitationSerializer,
    OfferSerializer,
    OwnInvitationSerializer,
)
from books.api.views import Listing, created, gone
from books.models import Credit, Invitation, Right
from books.policies import require
from books.selectors import people as selectors
from books.selectors.books import get_book
from books.services import credits, invitations
from livrya.accounts.api.authentication import asker
from livrya.kit.api.reading import body


@extend_schema_view(get=extend_schema(operation_id="credits"))
class CreditsView(Listing[Credit]):
    """Who works on a book and who has been asked to; for those who work on it."""

    serializer_class = CreditSerializer
    queryset = Credit.objects.none()
    permission_classes = (IsAuthenticated,)
    order = ("id",)

    def get_queryset(self) -> QuerySet[Credit]:
        person = asker(self.request)
        book = get_book(person, book_id=self.kwargs["book_id"])
        require(person, book, Right.VIEW_DASHBOARD, staff="books.view_book")
        return selectors.credits_of(book)

    @extend_schema(operation_id="invitePerson", request=NewCreditSerializer, responses={201: CreditSerializer})
    def post(self, request: Request, book_id: int) -> Response:
        wanted = body(request, NewCreditSerializer)
        return created(CreditSerializer(credits.invite_person(actor=asker(request), book_id=book_id, **wanted)).data)


class CreditView(APIView):
    """Somebody's part in a book."""

    @extend_schema(operation_id="changeCredit", request=CreditChangeSerializer, responses=CreditSerializer)
    def patch(self, request: Request, credit_id: int) -> Response:
        change = body(request, CreditChangeSerializer)
        changed = credits.change_credit(actor=asker(request), credit_id=credit_id, **change)
        return Response(CreditSerializer(changed).data)

    @extend_schema(
        operation_id="endCredit",
        responses={204: None},
        description="The author takes it away, its holder lays it down.",
    )
    def delete(self, request: Request, credit_id: int) -> Response:
        person = asker(request)
        own = Credit.objects.filter(pk=credit_id, user=person).exists()
        act = credits.decline_credit if own else credits.remove_credit
        act(actor=person, credit_id=credit_id)
        return gone()


class AcceptCreditView(APIView):
    """Accepts a part in a book."""

    @extend_schema(operation_id="acceptCredit", request=None, responses=CreditSerializer)
    def post(self, request: Request, credit_id: int) -> Response:
        return Response(CreditSerializer(credits.accept_credit(actor=asker(request), credit_id=credit_id)).data)


@extend_schema_view(get=extend_schema(operation_id="invitations"))
class InvitationsView(Listing[Invitation]):
    """The readers of a private book; for those who may describe it."""

    serializer_class = InvitationSerializer
    queryset = Invitation.objects.none()
    permission_classes = (IsAuthenticated,)
    order = ("id",)

    def get_queryset(self) -> QuerySet[Invitation]:
        person = asker(self.request)
        book = get_book(person, book_id=self.kwargs["book_id"])
        require(person, book, Right.EDIT_INFO, staff="books.view_invitation")
        return selectors.invitations_of(book)

    @extend_schema(operation_id="inviteReader", request=NewInvitationSerializer, responses={201: InvitationSerializer})
    def post(self, request: Request, book_id: int) -> Response:
        wanted = body(request, NewInvitationSerializer)
        made = invitations.invite_reader(actor=asker(request), book_id=book_id, **wanted)
        return created(InvitationSerializer(made).data)


class InvitationView(APIView):
    """One invitation to a private book."""

    @extend_schema(operation_id="endInvitation", responses={204: None})
    def delete(self, request: Request, invitation_id: int) -> Response:
        invitations.end_invitation(actor=asker(request), invitation_id=invitation_id)
        return gone()


class AcceptInvitationView(APIView):
    """Accepts an invitation to a private book."""

    @extend_schema(operation_id="acceptInvitation", request=None, responses=InvitationSerializer)
    def post(self, request: Request, invitation_id: int) -> Response:
        accepted = invitations.accept_invitation(actor=asker(request), invitation_id=invitation_id)
        return Response(InvitationSerializer(accepted).data)


@extend_schema_view(get=extend_schema(operation_id="ownOffers"))
class OwnOffersView(Listing[Credit]):
    """Parts in books that the asker has not answered yet."""

    serializer_class = OfferSerializer
    queryset = Credit.objects.none()
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> QuerySet[Credit]:
        return selectors.waiting_credits(asker(self.request))


@extend_schema_view(get=extend_schema(operation_id="ownInvitations"))
class OwnInvitationsView(Listing[Invitation]):
    """Invitations to private books that the asker has not answered yet."""

    serializer_class = OwnInvitationSerializer
    queryset = Invitation.objects.none()
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> QuerySet[Invitation]:
        return selectors.waiting_invitations(asker(self.request))
