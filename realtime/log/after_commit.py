"""Where committed events leave the thread that wrote them."""

import logging
from collections.abc import Callable, Sequence
from typing import TypeAlias

from realtime.log.events import OutgoingEvent
from realtime.log.publisher import publisher

logger = logging.getLogger(__name__)

Receiver: TypeAlias = Callable[[Sequence[OutgoingEvent]], None]
"""Takes events in any thread, at once, without blocking and without raising."""

_receivers: tuple[Receiver, ...] = ()


def attach(receiver: Receiver) -> None:
    """Calls `receiver` with every event that this process commits; the hub attaches itself once."""
    global _receivers
    _receivers = (*_receivers, receiver)


def detach(receiver: Receiver) -> None:
    """Ends `attach`; a receiver that is not attached is ignored."""
    global _receivers
    _receivers = tuple(attached for attached in _receivers if attached != receiver)


def deliver(events: Sequence[OutgoingEvent]) -> None:
    """Hands events to this process's receivers, in the committing thread right after the commit.

    A process without any (no server) publishes hints to the others instead, where the channel layer reaches them.

    Never raises and never waits: the events are in the log, and what gets lost here the sweep finds.
    """
    if not events:
        return
    for receiver in _receivers or (publisher.publish,):
        try:
            receiver(events)
        except Exception:
            logger.exception("A receiver of committed events failed; the sweep will deliver them.")
