"""What a visitor sees of a page that cannot be shown."""

import json

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory

from livrya.site.pages import errors


def test_what_broke_has_a_page_by_itself_and_a_reference_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Without the database (no test here may use it): it may be what failed."""
    answer = errors.server_error(RequestFactory().get("/books/"))
    assert answer.status_code == 500
    page = answer.content.decode()
    [line] = [record.getMessage() for record in caplog.records if record.name == "livrya.site.pages"]
    reference = line.split("reference ")[1].split(":")[0]
    assert f"<b>{reference}</b>" in page
    assert "failure.css" in page
    assert finders.find("failure.css")


@pytest.mark.parametrize("status", [400, 403, 404, 503])
def test_a_refusal_is_a_page_in_the_site_s_own_voice(status: int) -> None:
    answer = errors.refusal(RequestFactory().get("/"), status, "Because of this.")
    assert answer.status_code == status
    assert "Because of this." in answer.content.decode()


def test_a_request_for_another_site_is_refused_and_breaks_nothing(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "That did not work" in answer.content.decode()


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "a b", "localhost:x", "[::1", "a" * 5000, "\x00", "", ".", "\u00ff"]
)
@pytest.mark.parametrize("path", ["/api/v1/books/", "/api/nothing", "/api/v1/auth/token/"])
def test_the_api_refuses_such_a_host_in_its_own_shape(client: Client, path: str, host: str) -> None:
    for method in ("get", "post", "delete"):
        answer = getattr(client, method)(path, headers={"host": host})
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION"), method


def test_the_api_says_in_its_own_shape_that_something_broke(client: Client) -> None:
    answer = errors.server_error(RequestFactory().get("/api/v1/books/"))
    assert answer.status_code == 500
    said = json.loads(answer.content)
    assert (said["code"], said["retryable"], len(said["details"]["reference"])) == ("INTERNAL", True, 12)
    for handler, code in ((errors.forbidden, "FORBIDDEN"), (errors.not_found, "NOT_FOUND")):
        assert json.loads(handler(RequestFactory().get("/api/x"), Exception()).content)["code"] == code
    assert json.loads(errors.csrf_failure(RequestFactory().post("/api/x")).content)["code"] == "FORBIDDEN"


def test_unknown_addresses_get_a_page_in_the_sites_voice(db):
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()
