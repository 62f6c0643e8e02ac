"""What the doors refuse, and with which code a connection ends."""

import pytest

from realtime.doors.errors import Refusal, RequestRefused, close_code
from realtime.errors import CATALOGUE, CloseCode, Conflict, Forbidden, RateLimited, TokenExpired, Unauthenticated
from tests.realtime.doors.temporary import COME_BACK


def test_every_temporary_error_has_a_code_whose_range_says_come_back() -> None:
    wrong = [code for code, error in CATALOGUE.items() if error.retryable and close_code(error()) not in COME_BACK]
    assert wrong == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unauthenticated(), CloseCode.UNAUTHENTICATED),
        (TokenExpired(), CloseCode.TOKEN_EXPIRED),
        (Forbidden(), CloseCode.FORBIDDEN),
        (RateLimited(), CloseCode.TOO_MANY_CONNECTIONS),
        (Conflict(), CloseCode.SERVICE_RESTART),  # nothing that the table knows
    ],
)
def test_an_error_that_ends_a_connection_has_its_code(error: Exception, code: CloseCode) -> None:
    assert close_code(error) is code


def test_a_refused_request_tells_its_client_the_protocols_words_and_the_log_why() -> None:
    refused = RequestRefused(Refusal.UNKNOWN_SESSION, "It has moved.")
    assert refused.body == {"code": 1, "message": "Session ID unknown"}
    assert str(refused) == "Session ID unknown"
    assert refused.why == "It has moved."
    assert RequestRefused(Refusal.BAD_REQUEST).why == "Bad request"
