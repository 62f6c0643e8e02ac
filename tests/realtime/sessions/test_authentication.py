"""Who comes in: credentials out of a handshake, as a page reads them, and whom they stand for."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.asgi import ASGIRequest
from hypothesis import example, given
from hypothesis import strategies as st

from realtime.errors import CloseCode, TokenExpired, Unauthenticated
from realtime.hub import Hub
from realtime.sessions.authentication import Credentials, authenticate, credentials_of, origin_allowed
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]


SESSION = b"sessionid=7"


BESIDE = [
    b"a(b=1",
    b"foo[bar]=1",
    b"a,b=1",
    b'a="',
    b"=",
    b"novalue",
    b"\xff\xfe=\xe9",
    b"a=\xf0\x9f\x98\x80",
    b"a=" + b"x" * 4000,
    b"sessionid_=8",
    b"__proto__=1",
]
"""What a page of a sibling domain, or a script of ours gone wrong, can put beside the cookie of a sign-in."""


ORIGINS = [
    "http://[::1",
    "http://::1]",
    "http://[",
    "http://[localhost]",
    "http://[v1.x]",
    "http://localhost:x",
    "http://localhost:99999",
    "null",
    "http://",
    "//localhost",
    "http://\u00bd",
    "\u00ff",
]


def scope_of(headers: list[tuple[bytes, bytes]], kind: str = "http") -> dict[str, Any]:
    return {"type": kind, "method": "GET", "path": "/", "query_string": b"", "headers": headers}


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("cookie", [b"%b; %b", b"%b;%b"])
def test_no_cookie_hides_the_one_that_counts(beside: bytes, cookie: bytes) -> None:
    for parts in [(beside, SESSION), (SESSION, beside)]:
        assert credentials_of(scope_of([(b"cookie", cookie % parts)])).session_key == "7"
    assert credentials_of(scope_of([(b"cookie", beside), (b"cookie", SESSION)])).session_key == "7"


_CRUMBS = st.lists(st.sampled_from([*BESIDE, SESSION, b"sessionid=8", b'sessionid="\\067"', b"sessionid="]), max_size=5)


@given(st.one_of(_CRUMBS.map(b"; ".join), _CRUMBS.map(b";".join), st.binary(max_size=40)))
@example(b"sessionid=8; sessionid=7")
def test_a_socket_knows_the_sign_in_that_a_page_knows(cookie: bytes) -> None:
    scope = scope_of([(b"cookie", cookie)])
    page = ASGIRequest(scope, None).COOKIES.get(django_settings.SESSION_COOKIE_NAME)
    assert credentials_of(scope).session_key == page


@given(
    st.one_of(st.sampled_from(ORIGINS), st.text(st.characters(max_codepoint=255), max_size=20).map("http://{}".format))
)
def test_no_origin_is_an_error_of_ours(origin: str) -> None:
    headers = [(b"origin", origin.encode("latin-1")), (b"host", b"localhost")]
    assert origin_allowed(scope_of(headers)) is (origin == "http://localhost")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("token", "code", "close"),
    [
        ("nobody", "UNAUTHENTICATED", CloseCode.UNAUTHENTICATED),
        ("7:expired", "TOKEN_EXPIRED", CloseCode.TOKEN_EXPIRED),
    ],
)
async def test_a_token_that_is_no_good_is_refused_with_its_reason(
    connect: Connect, token: str, code: str, close: CloseCode
) -> None:
    client = await connect("/halls", token=token)
    assert await client.ended() == close
    assert (await client.event("error"))["payload"]["code"] == code


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("headers", "admitted"),
    [
        ({"Origin": "http://localhost", "Host": "localhost"}, True),
        ({"Origin": "http://evil.example", "Host": "localhost"}, False),
        ({"Origin": "null", "Host": "localhost"}, False),
        ({"Host": "localhost"}, False),
    ],
)
async def test_a_cookie_counts_only_on_pages_of_our_own(
    connect: Connect, headers: dict[str, str], admitted: bool
) -> None:
    client = await connect("/halls", headers={"Cookie": "sessionid=7", **headers})
    if admitted:
        assert (await client.ready())["userId"] == 7
    else:
        assert await client.ended() == CloseCode.FORBIDDEN


def test_a_handshake_offers_a_token_a_ticket_and_a_cookie_each_in_its_place() -> None:
    scope = {**scope_of([(b"cookie", SESSION)]), "query_string": b"ticket=t&ticket=u&token=no"}
    assert credentials_of(scope) == Credentials(None, "t", "7")
    scope["subprotocols"] = ["livrya.v1", "livrya.token.first", "livrya.token.second"]
    assert credentials_of(scope).token == "first"
    scope = scope_of([(b"authorization", b"bEaReR  second ")])
    assert credentials_of(scope) == Credentials("second", None, None)
    for nothing in (b"Bearer", b"Bearer ", b"Basic second"):
        assert not credentials_of(scope_of([(b"authorization", nothing)]))


@pytest.mark.parametrize("query", [b"ticket=t", b"EIO=4&ticket=t", b"%74icket=t", b"EIO=4&tic%6Bet=%74"])
def test_a_ticket_is_found_however_its_name_is_written(query: bytes) -> None:
    assert credentials_of({**scope_of([]), "query_string": query}).ticket == "t"


class Counting:
    """Stands in for a connection's limits."""

    def __init__(self) -> None:
        self.asked, self.in_vain = 0, 0

    async def before_looking_up(self) -> None:
        self.asked += 1

    async def looked_up_in_vain(self) -> None:
        self.in_vain += 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("credentials", "person", "counted"),
    [
        (Credentials(), None, (0, 0)),
        (Credentials(token="7"), 7, (1, 0)),
        (Credentials(token="nobody"), Unauthenticated, (1, 1)),
        (Credentials(token="7:expired"), TokenExpired, (1, 1)),
        (Credentials(ticket="invented"), Unauthenticated, (1, 1)),
        (Credentials(session_key="nobody's"), None, (1, 1)),
        (Credentials(token="7", ticket="invented", session_key="8"), 7, (1, 0)),
    ],
)
async def test_what_is_no_good_is_counted_against_the_address(
    hub: Hub, credentials: Credentials, person: Any, counted: tuple[int, int]
) -> None:
    limits = Counting()
    connection = SimpleNamespace(limits=limits)
    scope = scope_of([(b"origin", b"http://localhost"), (b"host", b"localhost")])
    if isinstance(person, type):
        with pytest.raises(person):
            await authenticate(hub, connection, credentials, scope)  # type: ignore[arg-type]
    else:
        identity = await authenticate(hub, connection, credentials, scope)  # type: ignore[arg-type]
        assert identity.user_id == person
    assert (limits.asked, limits.in_vain) == counted
