"""The contracts as an AsyncAPI document."""

import json

import pytest

from realtime.exporting.asyncapi import asyncapi
from realtime.exporting.catalogue import Catalogue, catalogue
from tests.realtime.app.namespaces import halls
from tests.realtime.exporting.remarks import declared

__all__ = ["declared"]

pytestmark = pytest.mark.either_database


def test_every_reference_in_the_asyncapi_document_resolves(declared: Catalogue) -> None:
    document = asyncapi(declared)
    text = json.dumps(document)
    for target in {part.split('"')[0] for part in text.split('"$ref": "#/')[1:]}:
        node = document
        for key in target.split("/"):
            node = node[key]


def test_a_namespace_is_a_channel_of_commands_with_their_replies() -> None:
    document = asyncapi(catalogue())
    channel = document["channels"]["namespace.halls"]
    assert channel["address"] == halls.name
    assert set(channel["messages"]) == {name for own in halls.handlers for name in (own, f"{own}.reply")}
    said = document["operations"]["namespace.halls.hall:say"]
    assert said["action"] == "receive"
    assert said["reply"]["messages"] == [{"$ref": "#/channels/namespace.halls/messages/hall:say.reply"}]


def test_a_kind_of_room_is_a_channel_of_what_is_sent_there() -> None:
    document = asyncapi(catalogue())
    channel = document["channels"]["room.HallRoom"]
    assert channel["address"] == "hall:{hall_id}"
    assert {"hall:said", "hall:waved"} <= set(channel["messages"])
    assert document["operations"]["room.HallRoom"]["action"] == "send"
    assert "hall:level.Level" not in document["channels"]["room.VaultRoom"]["messages"]


def test_an_event_with_the_name_of_a_command_is_another_message() -> None:
    messages = asyncapi(catalogue())["components"]["messages"]
    own, commands = messages["hall:level.Level"], messages["hall:level"]
    assert own["name"] == commands["name"] == "hall:level"
    assert own["payload"] != commands["payload"]
