"""Follows a book over a bare WebSocket: python bare_websocket.py http://localhost:8000 1"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def follow(origin: str, book: str) -> None:
    place = None  # everything of the book's room up to here has been received
    async for socket in connect(f"{origin.replace('http', 'ws', 1)}/ws/books/", subprotocols=["livrya.v1"]):
        try:
            join = {"bookId": int(book), "since": place}
            await socket.send(json.dumps({"requestId": "join", "type": "book:join", "payload": join}))
            async for text in socket:
                message = json.loads(text)
                if message.get("success"):
                    place = message["data"]["position"]
                elif "seq" in message:
                    place = {"epoch": message["epoch"], "seq": message["seq"]}
                print(text, flush=True)
        except ConnectionClosed as end:
            if 4500 <= end.code < 5000:  # for good; after anything else it is worth coming back
                raise


asyncio.run(follow(*sys.argv[1:]))
