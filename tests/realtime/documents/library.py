"""What the library does with updates, seen from a process of its own: it may end or swell there.

`python -m tests.realtime.documents.library` is that process: a list of updates comes in, what became of them goes out.
"""

import contextlib
import json
import pickle
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

MOST_MEMORY_BYTES = 600 * 1024 * 1024
MOST_SECONDS = 20
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the copy holds and shows, and what one does that loads its state; or what was raised.

    `grown_kib` is by how much the process has become larger than it ever was.
    """

    error: str = ""
    vector: bytes = b""
    state: bytes = b""
    shown: str = ""
    shown_again: str = ""
    grown_kib: int = 0


class Library:
    """Tries updates in another process, and starts another one where it has ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def try_out(self, updates: list[bytes]) -> Outcome:
        if self._process is None:
            command = [sys.executable, "-m", __name__]
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        assert self._process.stdin
        assert self._process.stdout
        try:
            pickle.dump(updates, self._process.stdin)
            self._process.stdin.flush()
            answer = pickle.load(self._process.stdout)
            assert isinstance(answer, Outcome)
        except (EOFError, BrokenPipeError):
            return Outcome(error=f"the process ended with {self.close()}")
        return answer

    def close(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.stdin
        assert process.stdout
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        code = process.wait(MOST_SECONDS)
        process.stdout.close()
        return code


def shown(doc: Doc) -> str:
    """All that the document shows, read in every way that servers read."""
    root = doc.get("text", type=XmlFragment)
    str(root)
    return json.dumps([_shown(child) for child in root.children], sort_keys=True)


def _shown(node: Any) -> Any:
    if isinstance(node, XmlText):
        str(node)
        return node.diff(), dict(node.attributes), len(node)
    if isinstance(node, XmlElement):
        str(node)
        return node.tag, dict(node.attributes), [_shown(child) for child in node.children]
    return repr(node)


def tried(updates: list[bytes]) -> Outcome:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    doc: Doc = Doc(client_id=2**40)
    root = doc.get("text", type=XmlFragment)
    for data in updates:
        doc.apply_update(data)
    vector, state, seen = doc.get_state(), doc.get_update(), shown(doc)
    again: Doc = Doc()
    again.apply_update(state)
    seen_again = shown(again)
    # What others do to it next.
    for block in list(root.children):
        if isinstance(block, XmlElement):
            block.attributes["level"] = 3
            block.children.insert(0, XmlText("davor"))
            for text in block.children:
                if isinstance(text, XmlText):
                    text.insert(0, "hier", {"bold": {}})
                    del text[0:2]
    shown(doc)
    if len(root.children):
        del root.children[0 : len(root.children)]
    again.apply_update(doc.get_update(again.get_state()))
    if shown(again) != shown(doc):
        return Outcome(error="a copy that heard all shows something else")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return Outcome(vector=vector, state=state, shown=seen, shown_again=seen_again, grown_kib=grown)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            updates = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        signal.alarm(MOST_SECONDS)
        try:
            outcome = tried(updates)
        except BaseException as error:  # a panic is no Exception
            outcome = Outcome(error=f"{type(error).__name__}: {error}")
        signal.alarm(0)
        pickle.dump(outcome, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    # The same classes under the name by which they are pickled.
    from tests.realtime.documents import library

    library.main()
