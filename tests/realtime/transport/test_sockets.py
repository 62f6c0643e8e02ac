"""One message to many sockets."""

import socket

import pytest

from realtime.transport.sockets import send_to_all

pytestmark = pytest.mark.either_database


MEMORY = 16_384
"""What the kernel holds for one of these clients, in the order of which a fan-out is held up half way."""


def pair() -> tuple[socket.socket, socket.socket]:
    ends = socket.socketpair()
    for end in ends:
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MEMORY)
    return ends


def test_each_socket_says_what_it_took() -> None:
    pairs = [pair() for _ in range(4)]
    pairs[1][1].close()
    sent = pairs[2][0].send(b"x" * 10 * MEMORY)
    taken = send_to_all([link.fileno() for link, _ in pairs], b"y" * sent)
    assert taken == [sent, -1, -1, sent]
    assert pairs[3][1].recv(10 * MEMORY) == b"y" * sent
    pairs[2][1].recv(sent // 2)
    assert 0 <= send_to_all([pairs[2][0].fileno()], b"y" * sent)[0] < sent
    for ends in pairs:
        for end in ends:
            end.close()
