"""The closed catalogue of errors: one shape, one code each, and codes of closing that every server can send."""

import pytest

from realtime.errors import CATALOGUE, ApplicationError, CloseCode, Conflict, RateLimited, Unavailable, for_applications

pytestmark = pytest.mark.either_database


def test_an_error_has_one_shape_and_what_it_does_not_know_is_left_out() -> None:
    assert Conflict().as_dict() == {"code": "CONFLICT", "message": Conflict.message, "retryable": False}
    assert RateLimited("Slowly!", details={"act": "join"}, retry_after_ms=0).as_dict() == {
        "code": "RATE_LIMITED",
        "message": "Slowly!",
        "retryable": True,
        "retryAfter": 0,
        "details": {"act": "join"},
    }


def test_details_are_the_answers_own() -> None:
    details = {"field": "title"}
    Unavailable(details=details).as_dict()["details"]["field"] = "another"
    assert details == {"field": "title"}


@pytest.mark.parametrize("attributes", [{}, {"code": ""}, {"code": "CONFLICT"}])
def test_an_error_without_a_code_of_its_own_cannot_be_declared(attributes: dict[str, str]) -> None:
    before = dict(CATALOGUE)
    with pytest.raises(TypeError, match="code"):
        type("Odd", (Conflict,), attributes)
    assert before == CATALOGUE


def test_an_error_that_is_declared_is_in_the_catalogue() -> None:
    class Odd(ApplicationError):
        code = "ODD"

    assert CATALOGUE.pop("ODD") is Odd


def test_an_error_that_narrows_another_is_that_one_on_the_wire() -> None:
    before = dict(CATALOGUE)

    class Narrower(Conflict, narrows=True):
        message = "Another sentence."

    assert before == CATALOGUE
    assert Narrower().as_dict() == {"code": "CONFLICT", "message": "Another sentence.", "retryable": False}
    with pytest.raises(TypeError, match="code"):
        type("Odd", (Conflict,), {"code": "CONFLICT"}, narrows=True)


@pytest.mark.parametrize(
    ("code", "sent"),
    [(CloseCode.SERVICE_RESTART, 4012), (CloseCode.REVOKED, 4504), (3000, 3000), (4999, 4999)]
    + [(code, 1000) for code in (CloseCode.NORMAL, CloseCode.NOT_TEXT, CloseCode.TOO_BIG, 2999, 5000)],
)
def test_a_connection_closes_with_a_code_that_every_server_can_send(code: int, sent: int) -> None:
    assert for_applications(code) == sent
