"""Who may read a private book: invited, accepted, ended."""

import pytest

from books.models import Invitation, Subscription
from books.policies import may_read
from books.services.invitations import accept_invitation, end_invitation, invite_reader
from books.services.subscriptions import subscribe
from realtime.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.books.library import author_of, book, chapter, somebody, worker_on

pytestmark = pytest.mark.django_db


def test_an_invited_reader_reads_a_private_book_until_the_invitation_ends():
    made = book(visibility="private")
    chapter(made)
    reader = somebody()
    invitation = invite_reader(actor=author_of(made), book_id=made.pk, user_id=reader.pk)
    assert not may_read(reader, made)
    with pytest.raises(NotFound):
        subscribe(actor=reader, book_id=made.pk)
    accept_invitation(actor=reader, invitation_id=invitation.pk)
    assert may_read(reader, made)
    subscribe(actor=reader, book_id=made.pk)
    with pytest.raises(NotFound):
        end_invitation(actor=somebody(), invitation_id=invitation.pk)
    end_invitation(actor=author_of(made), invitation_id=invitation.pk)
    assert not may_read(reader, made)
    assert not Subscription.objects.exists()
    assert not Invitation.objects.exists()
    made.refresh_from_db()
    assert made.subscriber_count == 0


def test_an_invitation_is_its_readers_own_and_accepting_it_again_changes_nothing():
    made, reader = book(visibility="private"), somebody()
    invitation = invite_reader(actor=author_of(made), book_id=made.pk, user_id=reader.pk)
    with pytest.raises(NotFound):
        accept_invitation(actor=author_of(made), invitation_id=invitation.pk)
    first = accept_invitation(actor=reader, invitation_id=invitation.pk).accepted_at
    assert accept_invitation(actor=reader, invitation_id=invitation.pk).accepted_at == first
    with pytest.raises(Conflict):
        invite_reader(actor=author_of(made), book_id=made.pk, user_id=reader.pk)
    end_invitation(actor=reader, invitation_id=invitation.pk)  # given up by themselves
    assert not may_read(reader, made)


def test_only_those_who_describe_the_book_invite_readers_and_take_invitations_back():
    made, reader = book(), somebody()
    writer = worker_on(made, "editor", rights=0)
    with pytest.raises(Forbidden):
        invite_reader(actor=writer, book_id=made.pk, user_id=reader.pk)
    with pytest.raises(ValidationFailed):
        invite_reader(actor=author_of(made), book_id=made.pk, user_id=10**15)
    invitation = invite_reader(actor=author_of(made), book_id=made.pk, user_id=reader.pk)
    with pytest.raises((Forbidden, NotFound)):
        end_invitation(actor=writer, invitation_id=invitation.pk)
    assert Invitation.objects.filter(pk=invitation.pk).exists()
