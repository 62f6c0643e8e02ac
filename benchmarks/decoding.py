"""`python -m benchmarks.decoding`: what it takes to read updates of shared documents before the library does.

Per update of a typed letter and of a paste: reading it, comparing it with the copy's outline (check, fresh and add, as
a server does), and what the library then takes. CPU time of this process, the best of some rounds. And what the outline
of a large chapter holds.
"""

import os
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from random import Random
from typing import Any

import pycrdt

ROUNDS = 7
LETTERS = 2_000
PARAGRAPHS, WORDS = 2_500, "Nennt mich Ismael. " * 12
CHANGES = 50_000


def _paragraph(root: pycrdt.XmlFragment, words: str) -> pycrdt.XmlText:
    block = pycrdt.XmlElement("block", {"id": "aaaaaaaa"})
    root.children.append(block)
    return block.children.append(pycrdt.XmlText(words))


def _recorded(act: Callable[[pycrdt.XmlFragment], None]) -> list[bytes]:
    doc = pycrdt.Doc()
    root = doc.get("text", type=pycrdt.XmlFragment)
    sent: list[bytes] = []
    doc.observe(lambda event: sent.append(event.update))
    act(root)
    return sent


def _type(root: pycrdt.XmlFragment) -> None:
    text = _paragraph(root, "")
    for at in range(LETTERS):
        text.insert(at, "a")


def _paste(root: pycrdt.XmlFragment) -> None:
    with root.doc.transaction():
        for _ in range(PARAGRAPHS):
            _paragraph(root, WORDS)


def _edit(root: pycrdt.XmlFragment) -> None:
    chance = Random(7)
    texts = [_paragraph(root, "x" * 100) for _ in range(2_500)]
    for _ in range(CHANGES):
        text = chance.choice(texts)
        text.insert(chance.randrange(len(text)), "abcde")


def _best(act: Callable[[], None]) -> float:
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        act()
        found.append(time.process_time() - began)
    return min(found)


def _measure(name: str, updates: list[bytes]) -> None:
    from realtime.documents.clashes import Clashes
    from realtime.documents.outline import Outline

    read = _reader()
    found = [read(data) for data in updates]

    def compare() -> None:
        outline = Outline()
        for update in found:
            outline.check(update)
            outline.fresh(update)
            outline.add(update)

    def recognise() -> None:
        outline = Outline()
        clashes = Clashes(outline)
        for update in found:
            outline.add(update)
            clashes.take(update)

    def apply() -> None:
        doc = pycrdt.Doc()
        for data in updates:
            doc.apply_update(data)

    takes = {
        "read": lambda: [read(data) for data in updates],
        "compared": compare,
        "added with clashes": recognise,
        "applied by the library": apply,
    }
    size = sum(map(len, updates)) / len(updates)
    print(f"{name}, {size:,.0f} bytes:", end=" ")
    print(", ".join(f"{what} in {_best(act) / len(updates) * 1e6:,.1f} µs" for what, act in takes.items()))


def _reader() -> Callable[[bytes], Any]:
    from realtime.documents.updates import Shape, read_update

    shape = Shape(frozenset({"text"}), frozenset({"block"}))
    return lambda data: read_update(data, shape)


def _weigh(updates: list[bytes]) -> None:
    from realtime.documents.clashes import Clashes
    from realtime.documents.outline import Outline

    read = _reader()
    tracemalloc.start()
    outline = Outline()
    for data in updates:
        outline.add(read(data))
    held, _ = tracemalloc.get_traced_memory()
    clashes = Clashes(outline)
    for data in updates:
        clashes.take(read(data))
    more, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    clocks = sum(outline.vector().values())
    print(f"outline of {clocks:,} clocks in {len(updates):,} changes: {held / 1e6:.1f} MB,", end=" ")
    print(f"its letters {(more - held) / 1e6:.1f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "DEBUG": "true"}
        import benchmarks.namespace  # noqa: F401  # sets Django up

        _report()


def _report() -> None:
    _measure("a letter", _recorded(_type))
    _measure("a paste", _recorded(_paste))
    _weigh(_recorded(_edit))


if __name__ == "__main__":
    main()
