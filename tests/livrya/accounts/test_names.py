"""Names that are nobody's to take, at every edge that makes an account."""

import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from livrya.accounts import names
from livrya.accounts.models import User
from livrya.accounts.names import RESERVED, fold
from livrya.accounts.services import people
from livrya.kit.addresses import taken_words
from realtime.errors import ValidationFailed
from tests.livrya.accounts.people import PASSWORD, browser, person

pytestmark = pytest.mark.django_db

LIKE_THE_SITES = [
    *sorted(RESERVED),
    "Lib.rarian",
    "LIBRARIAN",
    "librarian.",
    "1ibrarian",
    "l-i-b_r.a+r@ian",
    "Adm1n",
    "r00t",
    "adrnin",
]


@pytest.mark.parametrize("name", LIKE_THE_SITES)
def test_a_name_of_the_site_and_what_looks_like_one_is_nobodys(name: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        people.sign_up(username=name, password=PASSWORD)
    assert refused.value.details == {"fields": {"username": "That name is reserved."}}


@pytest.mark.parametrize("name", ["ali", "al", "ben10", "lily", "admiral", "libra", "modest", "mei", "steamboat"])
def test_other_names_are_free(name: str) -> None:
    people.sign_up(username=name, password=PASSWORD)


@pytest.mark.parametrize("name", ["ines.", "In.es", "i_n-e@s", "INES"])
def test_a_name_like_somebody_elses_is_taken(name: str) -> None:
    person("ines")
    with pytest.raises(ValidationFailed) as refused:
        people.sign_up(username=name, password=PASSWORD)
    assert set(refused.value.details["fields"]) == {"username"}


@pytest.mark.parametrize("name", ["lib.rarian", "In.es"])
def test_every_edge_refuses_them(name: str) -> None:
    person("ines")
    before = User.objects.count()
    given = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
    assert Client().post(reverse("sign-up"), given).status_code == 200
    answer = browser().post(reverse("api-sign-up"), {"username": name, "password": PASSWORD})
    assert (answer.status_code, set(answer.json()["details"]["fields"])) == (400, {"username"})
    admin = Client()
    admin.force_login(person("boss", is_staff=True, is_superuser=True))
    assert admin.post(reverse("admin:accounts_user_add"), given).status_code == 200
    assert User.objects.count() == before + 1


def test_the_command_for_superusers_refuses_a_name_like_another_and_may_take_the_sites(monkeypatch) -> None:
    monkeypatch.setitem(os.environ, "DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    make = {"interactive": False, "email": "a@example.org", "stdout": StringIO()}
    call_command("createsuperuser", username="admin", **make)
    assert User.objects.get(username="admin").is_superuser
    with pytest.raises(CommandError, match="looks like"):
        call_command("createsuperuser", username="Ad.min", **make)


def test_the_database_folds_names_as_the_service_does() -> None:
    for name in ("A.d_A@x+y-Z9", "plain", "UPPER.case"):
        assert person(name) == User.objects.get(folded=fold(name))


def test_older_accounts_with_such_names_go_on() -> None:
    old, twin = person("Support"), person("sup.port", folded_as_another=True)
    for one in (old, twin):
        assert people.update_profile(actor=one, user=one, bio="Still here.").bio == "Still here."


def test_words_beside_people_in_addresses_are_no_names(monkeypatch) -> None:
    assert {"new", "credits", "invitations"} <= taken_words("slug")
    monkeypatch.setattr(names, "taken_words", lambda argument: {"username": frozenset(["everywhere"])}[argument])
    for word in ("everywhere", "Everywhere"):
        with pytest.raises(ValidationFailed):
            people.sign_up(username=word, password=PASSWORD)
