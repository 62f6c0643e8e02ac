"""Who a paragraph is: each block of a draft's document has an id that no other one has. The server is the arbiter.

The editor gives none to what is new, and a copy brings its original's. So the first one in the document keeps an id,
and each other gets one that is derived from the element itself: the same in every process and in every copy that has
the element, however much else they have heard, and never one that a paragraph had which is gone.
"""

from hashlib import sha256
from typing import Any

from pycrdt import Doc

from books.drafting.content import Node, nodes_of
from books.paragraphs import ID_LENGTH


def arbitrate(doc: Doc[Any]) -> list[str]:
    """Gives every block an id of its own, and returns the ids of all, in order.

    Writes in one transaction, and nothing where all have theirs. Whoever calls owns the document meanwhile.
    """
    with doc.transaction():
        found = nodes_of(doc)
        taken = {block.id for _, block in found}
        ids: dict[str, None] = {}
        for node, block in found:
            name = block.id
            if name is None or name in ids:
                name = _derived(name, node, taken)
                node.attributes["id"] = name
                taken.add(name)
            ids[name] = None
        return list(ids)


def _derived(name: str | None, node: Node, taken: set[str | None]) -> str:
    """Returns an id that nobody has, and that is the same wherever it is derived."""
    # The library's hash is of who made the element and when (client and clock), in no process another one.
    who = f"{name or ''} {hash(node)}"
    number = 0
    while (made := sha256(f"{who} {number}".encode()).hexdigest()[:ID_LENGTH]) in taken:
        number += 1
    return made
