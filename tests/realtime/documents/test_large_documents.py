"""A document of the size of a long novel: opened in one answer, over a real socket, beside others who go on."""

from base64 import b64decode, b64encode
from typing import Any

import pycrdt
import pytest
from asgiref.sync import sync_to_async

from realtime import atomic, documents
from realtime.testing.client import JsonClient
from realtime.testing.server import ServerProcess
from tests.realtime.app.papers import BEGINNING, PaperRoom, text_of
from tests.realtime.halls import server_environment

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

WORDS = "call me ishmael some years ago never mind how long precisely "
PIECE = WORDS * 8000
"""About 490 KB: below what one change may have."""


def write_a_novel(pieces: int) -> str:
    def edit(doc: pycrdt.Doc[Any]) -> str:
        doc.get("text", type=pycrdt.XmlFragment).children[0].insert(0, PIECE)
        return text_of(doc)

    text = ""
    for _ in range(pieces):
        with atomic():
            text = documents.change(PaperRoom(1), edit)
    return text


async def test_a_long_document_is_opened_in_one_answer_and_written_on() -> None:
    text = await sync_to_async(write_a_novel)(4)
    assert len(text) == 4 * len(PIECE) + len(BEGINNING)
    with ServerProcess(environment=server_environment()) as server:
        async with await JsonClient.over_socket(server.ws("halls"), token="7", max_size=8 * 1024 * 1024) as client:
            await client.tell("paper:join", {"paperId": 1})
            opened = await client.tell("paper:open", {"paperId": 1})
            doc: pycrdt.Doc[Any] = pycrdt.Doc()
            doc.apply_update(b64decode(opened["update"]))
            assert text_of(doc) == text
            before = doc.get_state()
            doc.get("text", type=pycrdt.XmlFragment).children[0].insert(0, "New. ")
            update = b64encode(doc.get_update(before)).decode()
            wanted = {"paperId": 1, "epoch": opened["epoch"], "update": update}
            assert await client.tell("paper:change", wanted) == {"changed": True}
