"""What all who use a channel layer need to know of the layers there are."""

from typing import Any

from channels.layers import InMemoryChannelLayer

_NOBODY = "realtime.nobody"


def reaches_others(layer: Any) -> bool:
    """Tells whether other processes can receive what is sent into a layer (None: there is no layer)."""
    return layer is not None and not isinstance(layer, InMemoryChannelLayer)


async def answers(layer: Any) -> None:
    """Asks a layer for something that leaves nothing behind, also not when it fails, and raises what it raises.

    Before more is asked of one that did not answer: channels_redis' keeps a channel that it could not open, and lets
    one group wait for the other, so that tries in a row would add up.
    """
    await layer.group_send(_NOBODY, {"type": _NOBODY})


def said(error: BaseException) -> str:
    """Returns what a layer's error says, for a line of the log: redis-py's own `repr` keeps it to itself."""
    return f"{type(error).__name__}: {error}" if str(error) else repr(error)
