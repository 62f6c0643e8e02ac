"""The play: who is on stage, who comes back, and when it is over."""

import asyncio
from typing import Any

import pytest

from livrya.accounts.models import User
from livrya.site.demo.cast import play as plays
from livrya.site.demo.cast.member import Lost, Refused
from livrya.site.demo.cast.play import play, socket_address
from realtime.errors import ValidationFailed
from tests.livrya.site.demo.cast.actors import Actor, Chance, Enough, stage_of

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://localhost:8000", "ws://localhost:8000/ws/"),
        ("http://localhost:8000/books/", "ws://localhost:8000/ws/"),
        ("https://livrya.example", "wss://livrya.example/ws/"),
    ],
)
def test_the_socket_is_where_the_site_is(url: str, address: str) -> None:
    assert socket_address(url) == address


@pytest.mark.parametrize("url", ["ftp://x", "localhost:8000", "http://", ""])
def test_what_is_no_address_of_a_site_is_refused(url: str) -> None:
    with pytest.raises(ValidationFailed, match="no address"):
        socket_address(url)


async def test_everybody_is_on_stage_until_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    on_stage: list[tuple[str, ...]] = []

    def role(name: str) -> Any:
        async def act(stage: Any, *who: object) -> None:
            on_stage.append((name, *map(str, who)))
            await asyncio.Event().wait()

        return act

    for name in ("write", "read", "chat"):
        monkeypatch.setattr(plays, name, role(name))
    ben, nora = User(username="ben"), User(username="nora")
    stage = stage_of(Actor("ines"), pauses=0, chance=Chance(), readers=[ben, nora], circles={5: [nora]})
    await play(stage, 0.05)
    assert sorted(on_stage) == [("chat", "nora", "5"), ("read", "ben"), ("read", "nora"), ("write",)]
    assert stage.said == ["2 readers and ines take the stage", "The play is over"]


async def test_a_server_that_is_not_there_is_no_play() -> None:
    class Nowhere(Actor):
        def online(self) -> Any:
            raise Lost("refused")

    stage = stage_of(Nowhere("ines"), pauses=0, chance=Chance(), readers=[], circles={})
    with pytest.raises(Lost):
        await play(stage, 30)
    assert stage.said == []


async def test_who_is_lost_comes_back_and_who_is_refused_waits_as_they_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    fates: list[Exception] = [Lost("cut"), Refused("RATE_LIMITED", "Slower.", 4.0), Enough()]

    async def act() -> None:
        raise fates.pop(0)

    monkeypatch.setattr(plays.asyncio, "sleep", sleep)
    stage = stage_of(Actor("ines"), pauses=0, chance=Chance())
    with pytest.raises(Enough):
        await plays._stay(stage, User(username="ben"), act)
    assert waited == [plays.COME_BACK_S, 4.0]
    assert stage.said == ["ben lost the connection and comes back (cut)", "ben is refused: Slower."]
