"""Who may do what to whose account."""

import pytest
from django.contrib.auth.models import AnonymousUser

from livrya.accounts import policies
from livrya.accounts.models import User
from livrya.accounts.selectors import staff_among
from livrya.accounts.services import access, blocking
from realtime.errors import Forbidden
from tests.books.library import somebody
from tests.livrya.accounts.people import person
from tests.livrya.staff import staff

pytestmark = pytest.mark.django_db


def test_a_permission_of_somebody_who_is_not_staff_opens_nothing() -> None:
    made = staff("books.change_book")
    User.objects.filter(pk=made.pk).update(is_staff=False)
    made = User.objects.get(pk=made.pk)
    assert not policies.staff_may(made, "books.change_book")
    assert staff_among([made], "books.change_book") == frozenset()


def test_staff_without_a_permission_do_nothing_to_accounts() -> None:
    bare, ada = staff(), somebody()
    for act in (access.deactivate, access.sign_out_everywhere, access.delete_account):
        with pytest.raises(Forbidden):
            act(actor=bare, user=ada)
    access.deactivate(actor=staff(policies.EDIT), user=ada)
    with pytest.raises(Forbidden):
        access.delete_account(actor=staff(policies.EDIT), user=ada)
    with pytest.raises(Forbidden):
        access.deactivate(actor=staff(policies.EDIT), user=bare)


def test_people_edit_themselves_staff_with_the_permission_others_and_superusers_staff_too() -> None:
    ada, bob = person("ada"), person("bob")
    editor, root = staff(policies.EDIT), person("root", is_superuser=True)
    closed = person("closed", is_active=False, is_superuser=True)
    edits = {
        (one.pk, other.pk)
        for one in (ada, editor, root, closed)
        for other in (ada, bob, editor, root)
        if policies.may_edit(one, other)
    }
    assert edits == {
        (ada.pk, ada.pk),
        *((editor.pk, other.pk) for other in (ada, bob, editor)),
        *((root.pk, other.pk) for other in (ada, bob, editor, root)),
    }
    assert policies.may_edit(None, root)
    assert not policies.may_edit(editor, ada, policies.DELETE)
    assert not policies.may_deactivate(editor, root)


def test_roles_and_rights_are_for_superusers_to_give_and_never_their_own_role() -> None:
    root, helper, ada = person("root", is_superuser=True), staff(policies.EDIT), person("ada")
    assert policies.may_change_role(root, ada)
    assert policies.may_change_role(None, root)
    assert not policies.may_change_role(root, root)
    assert not policies.may_change_role(helper, ada)
    assert [policies.may_give_rights(one) for one in (None, root, helper, ada)] == [True, True, False, False]


def test_following_is_open_to_everybody_who_is_there_and_not_apart() -> None:
    ada, bob, closed = person("ada"), person("bob"), person("closed", is_active=False)
    assert policies.may_follow(ada, bob)
    assert not policies.may_follow(ada, ada)
    assert not policies.may_follow(ada, closed)
    assert not policies.may_follow(closed, ada)
    blocking.block(actor=bob, user=ada)
    for one, other in ((ada, bob), (bob, ada)):
        assert not policies.may_follow(one, other)
        assert not policies.may_address(one, other)


def test_the_system_and_nobody_are_no_staff() -> None:
    assert not policies.staff_may(None, policies.WATCH)
    assert not policies.staff_may(AnonymousUser(), policies.WATCH)
    assert policies.staff_may(person("root", is_superuser=True), policies.WATCH)
    assert policies.staff_may(staff(policies.WATCH), policies.EDIT, policies.WATCH)
