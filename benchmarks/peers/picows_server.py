"""The floor: a bare broadcast loop over picows connections, with nothing around it. `PORT` from the environment."""

import os

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server

connections: set[WSTransport] = set()


class Listener(WSListener):
    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        connections.add(transport)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        connections.discard(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            message = b'{"type":"bench:said","payload":' + frame.get_payload_as_bytes() + b"}"
            for connection in connections:
                connection.send(WSMsgType.TEXT, message)
        elif frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code())
            transport.disconnect()


async def main() -> None:
    server = await ws_create_server(lambda request: Listener(), "127.0.0.1", int(os.environ["PORT"]), backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
