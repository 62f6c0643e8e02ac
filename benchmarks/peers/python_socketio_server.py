"""python-socketio on uvicorn: `PORT` and, for its Redis manager, `REDIS_URL` come from the environment."""

import os

import socketio
import uvicorn

manager = socketio.AsyncRedisManager(os.environ["REDIS_URL"]) if os.environ.get("REDIS_URL") else None
server = socketio.AsyncServer(
    async_mode="asgi", client_manager=manager, transports=["websocket"], http_compression=False, namespaces=["/bench"]
)


@server.on("connect", namespace="/bench")
async def connect(sid: str, environ: dict[str, object], auth: object = None) -> None:
    await server.enter_room(sid, "bench:1", namespace="/bench")


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
