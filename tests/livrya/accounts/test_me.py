"""What people change about themselves over the API."""

import pytest

from livrya.accounts.services import tokens
from tests.livrya.accounts.people import PASSWORD, browser, person, program

pytestmark = pytest.mark.django_db

ANOTHER = "quite another long secret"


def test_a_browser_that_changes_the_password_stays_and_every_other_sign_in_ends() -> None:
    ada = person("ada")
    here, elsewhere, script = browser(ada), browser(ada), program(tokens.issue(user=ada).access)
    given = {"oldPassword": PASSWORD, "newPassword": ANOTHER}
    assert here.post("/api/v1/me/password/", given, format="json").status_code == 204
    assert [client.get("/api/v1/me/").status_code for client in (here, elsewhere, script)] == [200, 401, 401]
    ada.refresh_from_db()
    assert ada.check_password(ANOTHER)


def test_a_program_that_changes_the_password_signs_in_again() -> None:
    ada = person("ada")
    script = program(tokens.issue(user=ada).access)
    given = {"oldPassword": PASSWORD, "newPassword": ANOTHER}
    assert script.post("/api/v1/me/password/", given, format="json").status_code == 204
    assert script.get("/api/v1/me/").status_code == 401
