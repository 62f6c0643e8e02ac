"""Stock providers in Node at a real server, on one paper at the same time and beside our own commands."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.app.papers import BEGINNING
from tests.realtime.documents.writers import Writer
from tests.realtime.doors.yjs.clients import name_of
from tests.realtime.doors.yjs.stock import StockEditors
from tests.realtime.halls import server_environment

pytestmark = [pytest.mark.either_database, pytest.mark.django_db(transaction=True), pytest.mark.live]

DOORS = pytest.mark.parametrize("door", ["yjs", "hocuspocus"])
_papers = itertools.count(100)


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[ServerProcess]:
    soon = json.dumps({"EXPIRY_WARNING_SECONDS": 2})
    with ServerProcess(environment=server_environment(HALLS_REALTIME=soon)) as running:
        yield running
        assert "Exception in ASGI application" not in running.output, running.output
        assert "ERROR realtime" not in running.output, running.output


@pytest.fixture
async def editors(server: ServerProcess) -> AsyncIterator[StockEditors]:
    async with await StockEditors.to(server.port) as running:
        yield running
        assert running.errors() == []


@pytest.fixture
def paper() -> int:
    """A paper of the test's own: the server outlives the database's content, which goes with each test."""
    return next(_papers)


@contextlib.asynccontextmanager
async def writer_at(server: ServerProcess, paper: int, user: int = 7) -> AsyncIterator[Writer]:
    async with await JsonClient.over_socket(server.ws("/halls"), token=str(user), max_size=None) as client:
        yield await Writer.at(client, paper)


@DOORS
async def test_two_providers_and_our_own_commands_write_one_text(
    server: ServerProcess, editors: StockEditors, paper: int, door: str
) -> None:
    name = await name_of(paper)
    async with writer_at(server, paper) as ours:
        for copy, user in ((1, "8"), (2, "9")):
            await editors.do(door if copy == 1 else "yjs", id=copy, name=name, token=user)
            await editors.happens(copy, "synced")
            assert await editors.reads(copy, BEGINNING) == BEGINNING
        await editors.do("type", id=1, words=" Von einem Stück.")
        await ours.sees("Stück.")
        await ours.write(" 二つ目。")
        await editors.reads(1, "二つ目。")
        await editors.do("type", id=2, words=" 🐋", at=0)
        await editors.do("bold", id=1, at=3, length=5)
        await ours.sees("🐋")
        await editors.reads(1, "🐋")
        whole = await editors.reads(2, "<bold>")
        await editors.until(1, lambda it: it["text"] == whole)
        await ours.sees("<bold>")
        assert ours.text == whole


@DOORS
async def test_who_was_offline_comes_back_with_what_they_wrote(editors: StockEditors, paper: int, door: str) -> None:
    name = await name_of(paper)
    for copy, user in ((1, "8"), (2, "9")):
        await editors.do(door if copy == 1 else "yjs", id=copy, name=name, token=user)
        await editors.happens(copy, "synced")
    await editors.do("offline", id=1)
    await editors.happens(1, "disconnected")
    await editors.do("type", id=1, words=" Far away.")
    await editors.do("type", id=2, words=" At home.")
    mark = len(editors.happenings)
    await editors.do("online", id=1)
    await editors.happens(1, "synced", after=mark)
    both = await editors.reads(2, "Far away.")
    await editors.until(1, lambda it: it["text"] == both)
    assert both.count("Far away.") == both.count("At home.") == both.count(BEGINNING) == 1


@DOORS
async def test_a_server_that_is_killed_and_comes_back_loses_and_doubles_nothing(paper: int, door: str) -> None:
    name = await name_of(paper)
    with contextlib.ExitStack() as servers:
        first = servers.enter_context(ServerProcess(environment=server_environment()))
        async with await StockEditors.to(first.port) as editors:
            for copy, user in ((1, "8"), (2, "9")):
                await editors.do(door if copy == 1 else "yjs", id=copy, name=name, token=user)
                await editors.happens(copy, "synced")
            await editors.do("type", id=1, words=" Before.")
            await editors.reads(2, "Before.")
            mark = len(editors.happenings)
            first.kill()
            await editors.happens(1, "disconnected", after=mark)
            await editors.do("type", id=1, words=" Meanwhile.")
            mark = len(editors.happenings)
            servers.enter_context(await asyncio.to_thread(_again, first.port))
            await editors.happens(1, "synced", after=mark)
            await editors.do("type", id=2, words=" After.")
            text = await editors.reads(1, "After.")
            await editors.until(2, lambda it: it["text"] == text and "Meanwhile." in text)
            for words in (BEGINNING, "Before.", "Meanwhile.", "After."):
                assert text.count(words) == 1
            assert editors.errors() == []


def _again(port: int) -> ServerProcess:
    return ServerProcess(port=port, environment=server_environment())


async def test_a_reader_of_y_websocket_who_writes_stops_for_good(editors: StockEditors, paper: int) -> None:
    name = await name_of(paper)
    await editors.do("yjs", id=1, name=name, token="95")
    await editors.happens(1, "synced")
    await editors.do("type", id=1, words="x")
    assert "Permission denied" in (await editors.wait(lambda it: it["what"] == "warned"))["words"]
    assert (await editors.happens(1, "closed"))["code"] == 4403


async def test_what_refuses_y_websocket_for_good_says_why(editors: StockEditors, paper: int) -> None:
    name = await name_of(paper)
    of_another_epoch = f"paper:{paper}@{'0' * 16}.1"
    cases = [(name, None, 4401), ("hall:1", "8", 4404), (f"paper:{paper}", "8", 4409), (of_another_epoch, "8", 4409)]
    for copy, (asked, token, code) in enumerate(cases):
        await editors.do("yjs", id=copy, name=asked, **({} if token is None else {"token": token}))
        end = await editors.happens(copy, "closed")
        assert end["code"] == code
        assert (name in end["reason"]) == (code == 4409)


async def test_carets_are_seen_at_once_and_go_with_their_owners(
    server: ServerProcess, editors: StockEditors, paper: int
) -> None:
    name = await name_of(paper)
    async with writer_at(server, paper) as ours:
        for copy, user in ((1, "8"), (2, "9")):
            await editors.do("yjs", id=copy, name=name, token=user)
            await editors.happens(copy, "synced")
            await editors.do("point", id=copy, name="Somebody Else")
        client = str((await editors.happens(1, "opened"))["client"])
        await editors.until(2, lambda it: it["carets"].get(client) == "Guest 8")
        while (await ours.client.event("paper:awareness"))["payload"]["displayName"] != "Guest 9":
            pass
        await ours.client.ask("paper:point", {"paperId": paper, "clientId": 77, "clock": 1, "state": {"cursor": None}})
        await editors.until(1, lambda it: it["carets"].get("77") == "Guest 7")
        await editors.do("cut", id=1)
        await editors.until(2, lambda it: client not in it["carets"])
        # It comes back by itself, under the same client id.
        await editors.until(2, lambda it: it["carets"].get(client) == "Guest 8")


async def test_what_is_too_large_is_refused_in_words_and_for_good(editors: StockEditors, paper: int) -> None:
    name = await name_of(paper)
    for copy, size in ((1, 1024 * 1024), (2, 3 * 1024 * 1024)):
        await editors.do("yjs", id=copy, name=name, token="8")
        await editors.happens(copy, "synced")
        await editors.do("type", id=copy, words="x" * size)
        assert (await editors.happens(copy, "closed"))["code"] == 4413


async def test_hocuspocus_counts_what_is_not_committed_yet(
    server: ServerProcess, editors: StockEditors, paper: int
) -> None:
    name = await name_of(paper)
    await editors.do("hocuspocus", id=1, name=name, token="8")
    assert (await editors.happens(1, "allowed"))["scope"] == "read-write"
    await editors.until(1, lambda it: it["synced"] and it["unsynced"] == 0)
    for number in range(20):
        await editors.do("type", id=1, words=f" {number}")
    await editors.until(1, lambda it: it["unsynced"] == 0)
    async with writer_at(server, paper) as ours:
        assert ours.text.endswith(" 18 19")


async def test_a_reader_of_hocuspocus_who_writes_is_never_told_that_it_is_saved(
    editors: StockEditors, paper: int
) -> None:
    name = await name_of(paper)
    await editors.do("hocuspocus", id=1, name=name, token="95")
    assert (await editors.happens(1, "allowed"))["scope"] == "readonly"
    await editors.until(1, lambda it: it["synced"] and it["unsynced"] == 0)
    await editors.do("type", id=1, words="x")
    await editors.do("yjs", id=2, name=name, token="8")
    await editors.happens(2, "synced")
    await editors.do("type", id=2, words=" Heard.")
    await editors.reads(1, "Heard.")
    assert (await editors.look(1))["unsynced"] == 1
    assert "x" not in (await editors.look(2))["text"]


async def test_one_socket_of_hocuspocus_has_several_documents_and_copies(editors: StockEditors, paper: int) -> None:
    name, second = await name_of(paper), await name_of(next(_papers))
    await editors.do("hocuspocus", id=1, name=name, token="8", session=True)
    await editors.do("hocuspocus", id=2, name=name, token="9", session=True)
    await editors.do("hocuspocus", id=3, name=second, token="8")
    await editors.do("hocuspocus", id=4, name=f"paper:{paper}", token="8")
    await editors.do("hocuspocus", id=5, name=second[:-2], token="x")
    for copy in (1, 2, 3):
        await editors.happens(copy, "synced")
    assert name in (await editors.happens(4, "refused"))["reason"]
    await editors.happens(5, "refused")
    await editors.do("type", id=1, words=" One.")
    await editors.reads(2, "One.")
    await editors.do("type", id=2, words=" Two.")
    await editors.reads(1, "Two.")
    await editors.do("point", id=1, name="Somebody Else")
    client = str((await editors.happens(1, "opened"))["client"])
    await editors.until(2, lambda it: it["carets"].get(client) == "Guest 8")
    await editors.do("leave", id=1)
    await editors.until(2, lambda it: client not in it["carets"])
    await editors.do("type", id=3, words=" Another.")
    await editors.until(3, lambda it: it["unsynced"] == 0)
    assert "Another." not in (await editors.look(2))["text"]


async def test_hocuspocus_is_asked_for_a_fresh_token_and_goes_on(editors: StockEditors, paper: int) -> None:
    name = await name_of(paper)
    soon = int(time.time() * 1000) + 5000
    await editors.do("hocuspocus", id=1, name=name, token=f"8:until:{soon}")
    await editors.happens(1, "allowed")
    await editors.do("token", id=1, token="8")
    mark = len(editors.happenings)
    await editors.happens(1, "allowed", after=mark)
    await editors.until(1, lambda it: it["synced"] and it["unsynced"] == 0)


async def test_hocuspocus_is_told_in_words_what_is_too_large(editors: StockEditors, paper: int) -> None:
    for copy, size in ((1, 1024 * 1024), (2, 3 * 1024 * 1024)):
        await editors.do("hocuspocus", id=copy, name=await name_of(paper + 1000 * copy), token="8")
        await editors.happens(copy, "synced")
        await editors.do("type", id=copy, words="x" * size)
        assert "1 MiB" in (await editors.happens(copy, "refused"))["reason"]
    await editors.do("offline", id=2)
