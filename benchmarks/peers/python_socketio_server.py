"""python-socketio on uvicorn: `PORT` and, for its Redis manager, `REDIS_URL` come from the environment.

With `BENCH_NAMES` each socket is in a room of its own and in ten of 200 others, too.
"""

import itertools
import os

import socketio
import uvicorn

manager = socketio.AsyncRedisManager(os.environ["REDIS_URL"]) if os.environ.get("REDIS_URL") else None
server = socketio.AsyncServer(
    async_mode="asgi", client_manager=manager, transports=["websocket"], http_compression=False, namespaces=["/bench"]
)


numbers = itertools.count()


@server.on("connect", namespace="/bench")
async def connect(sid: str, environ: dict[str, object], auth: object = None) -> None:
    rooms = ["bench:1"]
    if os.environ.get("BENCH_NAMES"):
        number = next(numbers)
        topics = [20 * part + (number * (part + 1) + number // 20) % 20 for part in range(10)]
        rooms += [f"own:{number}", *(f"topic:{topic}" for topic in topics)]
    for room in rooms:
        await server.enter_room(sid, room, namespace="/bench")


@server.on("bench:publish", namespace="/bench")
async def publish(sid: str, payload: object) -> dict[str, bool]:
    await server.emit("bench:said", payload, room="bench:1", namespace="/bench")
    return {"success": True}


if __name__ == "__main__":
    uvicorn.run(
        socketio.ASGIApp(server),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
    )
