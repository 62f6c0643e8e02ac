"""Follows a book with python-socketio: python stock_client.py http://localhost:8000 1"""

import asyncio
import json
import os
import sys
from typing import Any
from urllib.request import Request, urlopen

import socketio

ORIGIN, BOOK = sys.argv[1:]
BOOKS = "/books"

client = socketio.AsyncClient()
tokens: dict[str, Any] = {}
places: dict[str, Any] = {}
"""By room: everything up to here has been received."""


def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = Request(
        f"{ORIGIN}/api/v1/{path}", json.dumps(body).encode(), headers={"content-type": "application/json"}
    )
    with urlopen(request) as answer:
        body: dict[str, Any] = json.load(answer)
        return body


async def renew() -> None:
    tokens.update(await asyncio.to_thread(post, "auth/token/refresh/", {"refresh": tokens["refresh"]}))


def auth() -> dict[str, Any]:
    # This library has no recovery of its own: the positions go with every connection instead.
    return {"token": tokens["access"], "rooms": places}


@client.on("connect", namespace=BOOKS)
async def connected() -> None:
    answer = await client.call("book:join", BOOK, namespace=BOOKS)
    if not answer["success"]:
        print(answer["error"]["code"], answer["error"]["message"], file=sys.stderr)
        return
    places.setdefault(answer["data"]["room"], answer["data"]["position"])
    print("entered", answer["data"]["room"], flush=True)


@client.on("*", namespace=BOOKS)
async def received(kind: str, payload: Any, meta: Any = None, *rest: Any) -> None:
    # An event of the log comes with meta: {eventId, timestamp, room, epoch, seq}.
    if not meta or "seq" not in meta:
        return
    places[meta["room"]] = {"epoch": meta["epoch"], "seq": meta["seq"]}
    if meta["room"] == f"book:{BOOK}":
        print(kind, json.dumps(payload, ensure_ascii=False), flush=True)


@client.on("auth:expiring", namespace=BOOKS)
async def expiring(payload: Any, *rest: Any) -> None:
    await renew()
    await client.emit("auth:refresh", {"token": tokens["access"]}, namespace=BOOKS)


@client.on("connect_error", namespace=BOOKS)
async def refused(error: Any) -> None:
    print(error, file=sys.stderr)
    if isinstance(error, dict) and error.get("data", {}).get("code") == "TOKEN_EXPIRED":
        await renew()


async def main() -> None:
    username = os.environ.get("LIVRYA_USER", "tom")
    password = os.environ.get("LIVRYA_PASSWORD", "paper-ink-rubric")
    tokens.update(await asyncio.to_thread(post, "auth/token/", {"username": username, "password": password}))
    await client.connect(ORIGIN, namespaces=[BOOKS], auth=auth)
    await client.wait()


asyncio.run(main())
