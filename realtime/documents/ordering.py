"""The pieces of an update, each behind those that it builds on."""

from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush

from realtime.documents.updates import Id, Struct
from realtime.errors import OutOfSync


def in_order(structs: Mapping[int, list[Struct]], next_of: Callable[[int], int]) -> Iterator[Struct]:
    """Yields the structs so that all that one builds on is in the copy or came before.

    `structs` are each client's in the order of their clocks, `next_of` tells up to which clock the copy has a client.
    What the copy has already is looked at in the same way: Yjs looks for its neighbours too, and fails over them.
    Raises `OutOfSync` where something is missing: a clock before, a neighbour, a parent, or where they wait for each
    other in a circle. Takes n log n steps, however they wait.
    """
    ends = {client: next_of(client) for client in structs}
    at = dict.fromkeys(structs, 0)
    # For each client who waits for it, and for which clock; those who wait for the lowest first.
    waiting: dict[int, list[tuple[int, int]]] = {}
    ready = list(structs)
    unfinished = len(ready)
    while ready:
        client = ready.pop()
        own = structs[client]
        while at[client] < len(own):
            struct = own[at[client]]
            if struct.clock > ends[client]:
                raise OutOfSync
            missing = _missing(struct, ends, next_of)
            if missing:
                if missing[0] == client or missing[0] not in structs:
                    raise OutOfSync
                heappush(waiting.setdefault(missing[0], []), (missing[1], client))
                break
            ends[client] = max(ends[client], struct.clock + struct.length)
            yield struct
            at[client] += 1
        else:
            unfinished -= 1
        others = waiting.get(client, ())
        while others and others[0][0] < ends[client]:
            ready.append(heappop(others)[1])
    if unfinished:
        raise OutOfSync


def _missing(struct: Struct, ends: Mapping[int, int], next_of: Callable[[int], int]) -> Id | None:
    for needed in (struct.origin, struct.right, struct.parent):
        if isinstance(needed, tuple):
            client, clock = needed
            end = struct.clock if client == struct.client else ends.get(client)
            if clock >= (next_of(client) if end is None else end):
                return needed
    return None
