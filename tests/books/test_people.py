import pytest

from books.models import Credit, Invitation, Right, Subscription
from books.policies import may, may_read, rights_in
from books.services.credits import accept_credit, change_credit, decline_credit, invite_person, remove_credit
from books.services.invitations import accept_invitation, end_invitation, invite_reader
from books.services.subscriptions import subscribe
from livrya.accounts.services import blocking
from realtime.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.books.library import author_of, book, chapter, somebody, worker_on

pytestmark = pytest.mark.django_db


def test_a_part_counts_once_it_is_accepted():
    made, editor = book(visibility="private"), somebody()
    credit = invite_person(actor=author_of(made), book_id=made.pk, user_id=editor.pk, kind="editor")
    assert rights_in(editor, made.pk) == 0
    assert not may_read(editor, made)
    with pytest.raises(NotFound):
        accept_credit(actor=somebody(), credit_id=credit.pk)
    accept_credit(actor=editor, credit_id=credit.pk)
    assert may(editor, made.pk, Right.EDIT_DRAFTS)
    assert not may(editor, made.pk, Right.PUBLISH)
    assert may_read(editor, made)


def test_only_the_author_decides_who_works_on_the_book():
    made = book()
    co_author = worker_on(made, "co_author")
    with pytest.raises(Forbidden):
        invite_person(actor=co_author, book_id=made.pk, user_id=somebody().pk, kind="editor")
    with pytest.raises(ValidationFailed):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=somebody().pk, kind="author")
    with pytest.raises(ValidationFailed):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=10**12, kind="editor")
    with pytest.raises(Conflict):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=co_author.pk, kind="editor")


def test_at_most_ten_people_work_on_a_book():
    made = book()
    for _ in range(9):
        invite_person(actor=None, book_id=made.pk, user_id=somebody().pk, kind="beta")
    with pytest.raises(Conflict):
        invite_person(actor=None, book_id=made.pk, user_id=somebody().pk, kind="beta")


def test_rights_can_be_changed_and_taken_but_not_the_authors():
    made = book()
    author, editor = author_of(made), worker_on(made)
    credit = Credit.objects.get(user=editor)
    change_credit(actor=author, credit_id=credit.pk, rights=Right.PUBLISH)
    assert rights_in(editor, made.pk) == Right.PUBLISH
    with pytest.raises(ValidationFailed):
        change_credit(actor=author, credit_id=credit.pk, rights=1 << 20)
    remove_credit(actor=author, credit_id=credit.pk)
    assert rights_in(editor, made.pk) == 0
    own = Credit.objects.get(user=author)
    for refused in (
        lambda: remove_credit(actor=author, credit_id=own.pk),
        lambda: decline_credit(actor=author, credit_id=own.pk),
        lambda: change_credit(actor=author, credit_id=own.pk, rights=0),
    ):
        with pytest.raises(Conflict):
            refused()


def test_an_offer_can_be_declined():
    made, invited = book(), somebody()
    credit = invite_person(actor=None, book_id=made.pk, user_id=invited.pk, kind="narrator")
    with pytest.raises(NotFound):
        decline_credit(actor=somebody(), credit_id=credit.pk)
    decline_credit(actor=invited, credit_id=credit.pk)
    assert not Credit.objects.filter(user=invited).exists()


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


def test_staff_hold_every_right_and_closed_accounts_none():
    made = book(visibility="private")
    assert rights_in(somebody(is_staff=True, is_superuser=True), made.pk) == sum(Right)
    author = author_of(made)
    author.is_active = False
    assert rights_in(author, made.pk) == 0
    assert not may_read(author, made)


def test_nobody_is_invited_by_whom_they_have_blocked():
    made, reader = book(), somebody()
    blocking.block(actor=reader, user=author_of(made))
    with pytest.raises(Forbidden):
        invite_person(actor=author_of(made), book_id=made.pk, user_id=reader.pk, kind="editor")
    with pytest.raises(Forbidden):
        invite_reader(actor=author_of(made), book_id=made.pk, user_id=reader.pk)
