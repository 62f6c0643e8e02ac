"""Who gets one encoding of a room's events: made once for all who are to see the same."""

from types import SimpleNamespace
from typing import Any

import pytest

from realtime.hub.audience import Audience, Delivery
from realtime.log.events import HIDDEN, StoredEvent
from realtime.transport.wire import JSON

pytestmark = pytest.mark.either_database


def event(kind: str = "hall:said", **more: Any) -> StoredEvent:
    return StoredEvent("hall:1", "e", 7, kind, b'{"text":"x"}', 5, **more)


class View:
    """Shows an event's payload as it is told to."""

    def __init__(self, key: str | None, payload: bytes | None) -> None:
        self.key = key
        self.payload = payload

    def logged(self, event_type: str, actor_id: int | None, payload: bytes) -> bytes | None:
        return payload if self.payload == payload else self.payload

    def shown(self, event_type: str, payload: bytes) -> tuple[str, bytes] | None:
        return event_type, payload


def test_all_who_are_to_see_the_same_share_one_encoding() -> None:
    delivery = Delivery(event())
    seen = delivery.packet(JSON, "/halls")
    assert b'"text":"x"' in seen.text
    assert delivery.packet(JSON, "/members", "c") is seen
    assert delivery.packet(JSON, "/halls", "c", View("same", b'{"text":"x"}')) is seen
    assert delivery.packet(JSON, "/halls", "c", View(None, None)) is seen  # a view that hides nothing is not asked


def test_a_view_that_leaves_something_out_has_an_encoding_of_its_own() -> None:
    delivery = Delivery(event())
    less = delivery.packet(JSON, "/halls", "c", View("less", b'{"text":""}'))
    assert b'"text":""' in less.text
    assert delivery.packet(JSON, "/halls", "d", View("less", b'{"text":""}')) is less
    assert delivery.packet(JSON, "/halls") is not less


@pytest.mark.parametrize(
    ("hidden", "connection", "view"),
    [
        (event(HIDDEN), "c", None),
        (event(internal=True), "c", None),
        (event(skip="c"), "c", None),
        (event(), "c", View("nothing", None)),
    ],
    ids=["blanked", "internal", "skipped", "not to be seen"],
)
def test_what_is_not_to_be_seen_takes_its_place_as_hidden(hidden: StoredEvent, connection: str, view: Any) -> None:
    packet = Delivery(hidden).packet(JSON, "/halls", connection, view)
    assert packet.text == JSON.hidden("/halls", "hall:1", SimpleNamespace(epoch="e", seq=7)).text  # type: ignore[arg-type]
    if hidden.skip:
        assert b"text" in Delivery(hidden).packet(JSON, "/halls", "another").text


class Member:
    """A live member with a connection of its own."""

    def __init__(self) -> None:
        self.connection: Any = object()


def test_recipients_are_the_members_as_they_are_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.hub.audience.Recipients", list)
    audience: Audience[Any] = Audience("key", JSON, "/halls", None)
    one, other, third = Member(), Member(), Member()
    seen = [list(audience.recipients())]
    for change in (audience.add, audience.discard):
        for member in (one, other, third, one):  # who is there already, or gone already, changes nothing
            change(member)
            assert audience.recipients() is audience.recipients()  # kept until somebody comes or goes
            seen.append(list(audience.recipients()))
    a, b, c = (member.connection for member in (one, other, third))
    assert seen == [[], [a], [a, b], [a, b, c], [a, b, c], [b, c], [c], [], []]
