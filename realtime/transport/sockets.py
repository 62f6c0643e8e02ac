"""One message to the sockets of all its recipients, with next to nothing around the system calls."""

import ctypes
import socket
from collections.abc import Iterable
from itertools import repeat

# A loaded library that keeps the GIL, as a transport's `write` does. Python's own `socket.send` lets go of it around
# every call: next to one thread that computes, each recipient would cost the switch interval of 5 ms.
_send = ctypes.PyDLL(None).send
_send.restype = ctypes.c_ssize_t
# No `argtypes`: they would convert again for every socket what is the same for all, which costs what is gained.
_FLAGS = ctypes.c_int.from_param(socket.MSG_DONTWAIT | getattr(socket, "MSG_NOSIGNAL", 0))


def send_to_all(descriptors: Iterable[int], data: bytes) -> list[int]:
    """Offers the bytes to the kernel once for each socket, and returns how many it took of each; -1: none.

    Never blocks and raises nothing: what was not taken, for whatever reason, is to be written by way of the
    transport, which waits or meets the error itself. For sockets whose transports hold nothing back and encrypt
    nothing, and that are open: a number that was closed may be somebody else's by now. For any thread.
    """
    message, size = ctypes.c_char_p.from_param(data), ctypes.c_size_t.from_param(len(data))
    return list(map(_send, descriptors, repeat(message), repeat(size), repeat(_FLAGS)))
