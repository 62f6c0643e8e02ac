"""Opening and syncing a document: what the caller lacks, and what they may do."""

from base64 import b64decode, b64encode

import pytest

from realtime.documents.part import documents_here
from realtime.hub import Hub
from tests.realtime.app.papers import BEGINNING, PaperRoom
from tests.realtime.documents.writers import Writer
from tests.realtime.halls import Connect, connect, hub

__all__ = ["connect", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)


async def test_who_comes_back_gets_what_they_lack_and_gives_what_the_server_lacks(connect: Connect, hub: Hub) -> None:
    one, other = await Writer.join(connect, 7), await Writer.join(connect, 8)
    await one.write(" Said.")
    other.type(" Offline.")
    vector = b64encode(other.doc.get_state()).decode()
    opened = await other.client.tell("paper:open", {"paperId": 1, "epoch": other.epoch, "vector": vector})
    assert BEGINNING not in b64decode(opened["update"]).decode(errors="replace")
    other.doc.apply_update(b64decode(opened["update"]))
    assert (await other.send(other.doc.get_update(b64decode(opened["vector"]))))["success"]
    await one.sees("Offline.")
    assert one.text == other.text
    synced = await one.client.tell("paper:sync", {"paperId": 1, "epoch": one.epoch, "vector": vector})
    assert synced["vector"] == b64encode(documents_here().open(PaperRoom(1)).queue._copy.vector).decode()  # type: ignore[union-attr]  # it is there


async def test_roles_are_told(connect: Connect) -> None:
    assert [(await Writer.join(connect, user)).opened["role"] for user in (7, 95)] == ["write", "read"]


@pytest.mark.parametrize("vector", ["", "AQ==", "/////w8BAQ=="])
async def test_a_vector_that_is_none_is_refused(connect: Connect, vector: str) -> None:
    one = await Writer.join(connect, 7)
    for command, more in (("paper:open", {}), ("paper:sync", {"epoch": one.epoch})):
        answer = await one.client.ask(command, {"paperId": 1, "vector": vector, **more})
        assert answer["error"]["code"] == "VALIDATION", answer


async def test_a_document_of_another_epoch_is_not_synced(connect: Connect) -> None:
    one = await Writer.join(connect, 7)
    answer = await one.client.ask("paper:sync", {"paperId": 1, "epoch": "x", "vector": "AA=="})
    assert answer["error"]["code"] == "DOCUMENT_CHANGED"
