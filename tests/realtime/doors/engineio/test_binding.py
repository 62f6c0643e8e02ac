"""What a later request must show beside the id of its session, and what a client is given to show."""

from typing import Any

import pytest

from realtime.doors.engineio.binding import NOBODY, Binding, Shown, new_cookie, shown_by

pytestmark = pytest.mark.either_database

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.66"


def request(
    *headers: tuple[bytes, bytes], client: str = HERE, kind: str = "http", scheme: str = "http"
) -> dict[str, Any]:
    host = (b"host", b"localhost")
    return {"type": kind, "scheme": scheme, "client": (client, 1), "headers": [host, *headers], "query_string": b""}


def cookie(text: bytes) -> tuple[bytes, bytes]:
    return b"cookie", text


def bearer(token: bytes) -> tuple[bytes, bytes]:
    return b"authorization", b"Bearer " + token


@pytest.mark.parametrize(
    ("opened", "first", "admitted", "refused"),
    [
        # By the sign-in's session, wherever the request comes from.
        (Shown(session="s"), Shown(session="s"), Shown(session="s", address=ELSEWHERE), Shown(session="t")),
        # By the token of its page.
        (Shown(token="t"), Shown(token="t"), Shown(token="t", address=ELSEWHERE), Shown(token="u")),
        (Shown(token="t"), Shown(token="t"), Shown(token="t"), Shown(cookie="c", address=HERE)),
        # By the door's cookie, once the first later request has it.
        (Shown(address=HERE), Shown(cookie="c"), Shown(cookie="c", address=ELSEWHERE), Shown(address=HERE)),
        # By its address, where it keeps nothing.
        (Shown(address=HERE), Shown(address=HERE), Shown(address=HERE), Shown(address=ELSEWHERE)),
        (Shown(address=HERE), Shown(address=HERE), Shown(address=HERE), Shown(address=ELSEWHERE, cookie="mine")),
    ],
)
def test_the_best_that_a_client_can_carry_counts(opened: Shown, first: Shown, admitted: Shown, refused: Shown) -> None:
    binding = Binding(opened)
    assert binding.admits(first)
    assert binding.admits(admitted)
    assert not binding.admits(refused)


def test_for_a_websocket_that_can_carry_no_token_the_cookie_stands() -> None:
    binding = Binding(Shown(token="t"))
    assert binding.admits(Shown(token="t", cookie="c"))
    assert binding.admits(Shown(cookie="c", can_carry=False))
    assert not binding.admits(Shown(cookie="d", can_carry=False))
    assert not binding.admits(Shown(token="u", cookie="c", can_carry=False))


def test_a_session_that_began_on_a_websocket_has_no_other_requests() -> None:
    assert not NOBODY.admits(Shown())


def test_no_secret_is_kept_as_it_is() -> None:
    shown = shown_by(request(cookie(b"sessionid=secret1; realtime-door=secret2"), bearer(b"secret3")))
    assert shown.session
    assert shown.token
    assert shown.cookie
    assert "secret" not in repr(shown)
    assert shown == shown_by(request(cookie(b"sessionid=secret1; realtime-door=secret2"), bearer(b"secret3")))


def test_a_request_shows_where_it_comes_from_and_whether_it_could_carry_more() -> None:
    assert shown_by(request()) == Shown(address=HERE)
    assert shown_by(request(kind="websocket", client=ELSEWHERE)) == Shown(address=ELSEWHERE, can_carry=False)


def test_a_new_client_gets_a_cookie_of_its_own_that_no_script_reads() -> None:
    [(name, first)], [(_, second)] = new_cookie(request()), new_cookie(request())
    assert name == b"set-cookie"
    assert first != second
    text, *attributes = first.decode().split("; ")
    assert text.startswith("realtime-door=")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax"]


def test_over_tls_it_is_this_hosts_alone() -> None:
    [(_, given)] = new_cookie(request(scheme="https"))
    text, *attributes = given.decode().split("; ")
    assert text.startswith("__Host-realtime-door=")
    assert "Secure" in attributes
    # The plain one, which another host of the domain could set, counts for nothing there.
    assert new_cookie(request(cookie(b"realtime-door=theirs"), scheme="https")) != []
    assert new_cookie(request(cookie(text.encode()), scheme="https")) == []


def test_who_has_one_or_a_sign_in_gets_none() -> None:
    assert new_cookie(request(cookie(b"realtime-door=mine"))) == []
    assert new_cookie(request(cookie(b"sessionid=7"), (b"sec-fetch-site", b"same-origin"))) == []
