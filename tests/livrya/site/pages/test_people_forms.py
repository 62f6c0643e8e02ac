"""What people enter about themselves."""

import pytest

from livrya.accounts.models import User
from livrya.site.pages.people_forms import PasswordForm, PrivacyForm, ProfileForm, ReportForm, SignUpForm
from realtime.errors import ValidationFailed
from tests.livrya.site.pages.conftest import PASSWORD

TOM = User(username="tom", display_name="Tom K.", bio="Reads.", hide_typing=True)


def test_a_form_begins_with_what_is_known_of_somebody():
    assert ProfileForm(user=TOM).initial == {"display_name": "Tom K.", "bio": "Reads."}
    assert PrivacyForm(user=TOM).initial == {"hide_online": False, "hide_reading": False, "hide_typing": True}


def test_what_is_not_ticked_is_shown_again():
    form = PrivacyForm({"hide_online": "on"}, user=TOM)
    assert form.is_valid()
    assert form.cleaned_data == {"hide_online": True, "hide_reading": False, "hide_typing": False}


@pytest.mark.parametrize(
    ("name", "field"), [("a b", "username"), ("admin", "username"), ("In.es", "username"), ("x" * 151, "username")]
)
def test_a_name_is_refused_as_its_service_would(library, name, field):
    form = SignUpForm({"username": name, "password1": PASSWORD, "password2": PASSWORD})
    assert not form.is_valid()
    assert set(form.errors) == {field}


def test_two_passwords_that_differ_are_refused(db):
    given = {"username": "noor", "password1": PASSWORD, "password2": PASSWORD + "x"}
    assert set(SignUpForm(given).errors) == {"password2"}
    assert SignUpForm(given | {"password2": PASSWORD}).is_valid()


def test_a_wrong_old_password_is_for_the_service_to_say_at_its_field():
    given = {"old_password": "wrong", "new_password1": PASSWORD, "new_password2": PASSWORD}
    form = PasswordForm(TOM, given)
    assert form.is_valid()
    form.refuse(ValidationFailed(details={"fields": {"oldPassword": "That is not it.", "newPassword": "Too short."}}))
    assert form.errors == {"old_password": ["That is not it."], "new_password2": ["Too short."]}


def test_a_report_says_what_is_wrong():
    assert not ReportForm({"reason": "  "}).is_valid()
    assert not ReportForm({"reason": "x" * 100_000}).is_valid()
    assert ReportForm({"reason": "Rude."}).is_valid()
