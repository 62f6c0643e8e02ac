"""Which page is behind a request: a browser that polls its own site names none."""

from typing import Any

import pytest

from realtime.doors.origin import with_origin

pytestmark = pytest.mark.either_database


def scope(*headers: tuple[bytes, bytes], **more: Any) -> dict[str, Any]:
    return {"type": "http", "scheme": "https", "headers": [(b"host", b"example.org:8000"), *headers], **more}


def origins(given: dict[str, Any]) -> list[bytes]:
    return [value for name, value in with_origin(given)["headers"] if name == b"origin"]


SAME = (b"sec-fetch-site", b"same-origin")


def test_a_page_of_ones_own_site_is_named() -> None:
    given = scope(SAME)
    assert origins(given) == [b"https://example.org:8000"]
    assert given == scope(SAME)  # the server's own is left as it is


@pytest.mark.parametrize("site", [b"cross-site", b"same-site", b"none", b"", b"SAME-ORIGIN"])
def test_no_other_is_taken_for_one(site: bytes) -> None:
    assert origins(scope((b"sec-fetch-site", site))) == []
    assert origins(scope()) == []


def test_what_a_browser_says_itself_counts() -> None:
    assert origins(scope(SAME, (b"origin", b"https://evil.example"))) == [b"https://evil.example"]


def test_a_websocket_says_it_by_itself_or_is_no_browser() -> None:
    assert origins(scope(SAME, type="websocket", scheme="wss")) == []
