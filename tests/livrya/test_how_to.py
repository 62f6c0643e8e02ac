"""The how-to pages, carried out as they stand."""

import asyncio
import os
import re
import subprocess
import sys
from types import ModuleType

import pycrdt
import pytest
from asgiref.sync import sync_to_async
from django.test import override_settings

import realtime
from books import broadcasts, signals
from books import namespaces as book_namespaces
from books.events import facts
from books.events import rooms as room_types
from books.models import Tag
from books.policies import rooms as room_policies
from livrya.environment import channel_layer
from realtime import UserRoom, rooms
from realtime import contracts as realtime_contracts
from realtime import documents as realtime_documents
from realtime import namespaces as realtime_namespaces
from realtime.contracts import COMMANDS, EVENTS
from realtime.documents.kinds import KINDS
from realtime.exporting.catalogue import catalogue
from realtime.exporting.markdown import reference
from realtime.exporting.typescript import typescript
from realtime.hub import current_hub
from realtime.hub.room import Phase
from realtime.identity import ANONYMOUS, Identity
from realtime.log.revocation import Revoked
from realtime.namespaces import Call, Namespace
from realtime.rooms import Grant
from realtime.sessions.dispatch import Request, decode
from tests.books import test_broadcasts
from tests.books.library import somebody
from tests.books.test_broadcasts import captured
from tests.commands import ROOT

__all__ = ["captured"]

HOW_TO = ROOT / "docs" / "how-to"


def blocks(page: str) -> list[str]:
    """The Python of a page, block by block."""
    return re.findall(r"```python\n(.*?)```", (HOW_TO / page).read_text(), re.DOTALL)


@pytest.mark.django_db
def test_an_event_is_added_in_the_three_places_of_the_how_to(captured):
    contract, line, test = blocks("add-an-event.md")
    before = set(EVENTS)
    places = [dict(vars(module)) for module in (facts, broadcasts, test_broadcasts)]
    try:
        exec(contract, places[0])
        exec(line, places[1] | {"ChapterBegun": places[0]["ChapterBegun"]}, places[1])
        exec(test, places[2])
        places[2]["test_a_chapter_that_is_begun_reaches_all_authors"](captured)
        assert set(EVENTS) - before == {"chapter:begun"}
        assert '"chapter:begun": ChapterBegun;' in typescript(catalogue())
        assert "### `chapter:begun`" in reference(catalogue())
    finally:
        signals.chapter_created.disconnect(places[1].get("emit_chapter_begun"))
        EVENTS.pop("chapter:begun", None)


@pytest.mark.django_db
def test_a_room_is_added_in_the_three_places_of_the_how_to():
    room, policy, namespace, test = blocks("add-a-room.md")
    before = dict(rooms.ROOM_TYPES)
    places = [dict(vars(module)) for module in (room_types, room_policies, book_namespaces)]
    try:
        exec(room, places[0])
        tag_room = {"TagRoom": places[0]["TagRoom"]}
        exec(policy, places[1] | {"Tag": Tag} | tag_room, places[1])
        exec(namespace, places[2] | tag_room, places[2])
        assert places[2]["BOOK_ROOMS"][-1] is tag_room["TagRoom"]
        scope = {
            "ANONYMOUS": ANONYMOUS,
            "Grant": Grant,
            "Identity": Identity,
            "Tag": Tag,
            "authorise": rooms.authorise,
            "somebody": somebody,
        } | tag_room
        exec(test, scope)
        scope["test_a_tag_is_heard_by_whoever_is_signed_in"]()
        assert rooms.parse_room("tag:7") == tag_room["TagRoom"](7)
    finally:
        for pattern in set(rooms.ROOM_TYPES) - set(before):
            rooms._POLICIES.pop(rooms.ROOM_TYPES.pop(pattern), None)
        rooms.parse_room.cache_clear()


def test_an_app_is_added_as_the_how_to_says(tmp_path):
    page = (HOW_TO / "add-an-app.md").read_text()
    files = re.findall(r"^`(bookmarks/\w+\.py)`:\n\n```python\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    assert len(files) == 6
    (tmp_path / "bookmarks" / "migrations").mkdir(parents=True)
    for package in ("bookmarks", "bookmarks/migrations"):
        (tmp_path / package / "__init__.py").touch()
    for name, text in files:
        (tmp_path / name).write_text(text)
    (tmp_path / "with_bookmarks.py").write_text(
        "from livrya.settings import *\nfrom livrya.settings import INSTALLED_APPS\n"
        "INSTALLED_APPS = [*INSTALLED_APPS[:-2], 'bookmarks', *INSTALLED_APPS[-2:]]\n"
    )
    (tmp_path / "put_one.py").write_text(
        "import django\n"
        "django.setup()\n"
        "from bookmarks.services import put_bookmark\n"
        "from realtime import UserRoom\n"
        "from realtime.testing.capture import capture_events\n"
        "from tests.books.library import book, chapter, somebody\n"
        "reader, read = somebody(), chapter(book())\n"
        "with capture_events() as captured:\n"
        "    put_bookmark(reader=reader, chapter=read)\n"
        "    put_bookmark(reader=reader, chapter=read)\n"
        "assert captured.types(UserRoom(reader.pk)) == ['bookmark:put'], captured.types()\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "with_bookmarks",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
        "VAR_DIR": str(tmp_path / "var"),
        "DEBUG": "true",
    }
    (tmp_path / "var").mkdir()
    environment.pop("DATABASE_URL", None)
    manage = str(ROOT / "manage.py")
    steps = ([manage, "makemigrations", "bookmarks"], [manage, "migrate", "--verbosity", "0"], ["put_one.py"])
    for arguments in steps:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.django_db(transaction=True)
async def test_another_channel_layer_carries_the_hints(redis, monkeypatch):
    module = ModuleType("counting_layer")
    monkeypatch.setitem(sys.modules, "counting_layer", module)
    exec(blocks("another-channel-layer.md")[0], vars(module))
    monkeypatch.setenv("CHANNEL_LAYER", "counting_layer.CountingLayer")
    with override_settings(CHANNEL_LAYERS={"default": channel_layer(redis)}):
        hub = await current_hub()
        try:
            assert type(hub.layer.layer) is module.CountingLayer

            def tell() -> None:
                with realtime.atomic():
                    realtime.emit(UserRoom(7), Revoked(user_id=7))

            await sync_to_async(tell)()
            async with asyncio.timeout(10):
                while not module.CountingLayer.sent:  # noqa: ASYNC110  # the layer says so nowhere else
                    await asyncio.sleep(0.01)
        finally:
            await hub.stop()


def test_what_the_page_on_missing_events_looks_for_is_there():
    page = (HOW_TO / "why-no-event.md").read_text()
    looked_for = set(re.findall(r"`(\w+)`", page))
    assert {"CATCHING_UP", "PENDING", "gapReads", "swept", "hintsDropped", "layer", "place", "phase"} <= looked_for
    code = (ROOT / "realtime" / "ops" / "inspection.py").read_text()
    assert all(f'"{name}"' in code for name in ("gapReads", "swept", "hintsDropped", "layer", "place", "phase"))
    assert {"CATCHING_UP", "PENDING"} <= set(Phase.__members__)


@pytest.mark.django_db(transaction=True)
async def test_a_document_is_shared_as_the_how_to_says():
    rooms_before, commands_before, events_before = dict(rooms.ROOM_TYPES), dict(COMMANDS), dict(EVENTS)
    kinds_before = dict(KINDS)
    place = {
        name: value
        for module in (realtime_contracts, realtime_documents, realtime_namespaces, rooms)
        for name, value in vars(module).items()
    } | {"documents": realtime_documents, "realtime": realtime, "pycrdt": pycrdt, "__name__": "notes"}
    exec("from collections.abc import Sequence", place)
    try:
        for block in blocks("share-a-document.md"):
            exec(block, place)
        namespace = Namespace("/notes", commands=[place["notes"]], rooms=[place["NotesRoom"]], listed=False)
        session = NoteTaker(namespace, place["NotesRoom"](7))
        opened = await session.run("notes:open", {"bookId": 7})
        doc = pycrdt.Doc()
        doc["text"] = fragment = pycrdt.XmlFragment()
        fragment.children.append(pycrdt.XmlText("Mine."))
        written = await session.run("notes:update", {"bookId": 7, "epoch": opened.epoch, "update": doc.get_update()})
        assert written.changed
        await sync_to_async(place["sign"])(7, "Ours.")
        synced = await session.run("notes:open", {"bookId": 7, "epoch": opened.epoch, "vector": doc.get_state()})
        doc.apply_update(synced.update)
        assert {str(text) for text in fragment.children} == {"Mine.", "Ours."}
    finally:
        await (await current_hub()).stop()
        for pattern in set(rooms.ROOM_TYPES) - set(rooms_before):
            rooms._POLICIES.pop(rooms.ROOM_TYPES.pop(pattern), None)
        rooms.parse_room.cache_clear()
        for table, before in ((COMMANDS, commands_before), (EVENTS, events_before), (KINDS, kinds_before)):
            for name in set(table) - set(before):
                del table[name]


class NoteTaker:
    """Carries out commands as a session that has joined a room."""

    def __init__(self, namespace, room):
        self.identity, self.connection_id = Identity(user_id=3, username="ann"), "c"
        self._namespace, self._room = namespace, room

    def grant(self, room):
        return Grant() if room == self._room else None

    async def run(self, name, payload):
        await current_hub()
        handler, alias = self._namespace.commands[name]
        call = Call(self.identity, self.connection_id, None, self)
        return await handler.run(call, decode(handler, alias, Request(name=name, payload=payload)))
