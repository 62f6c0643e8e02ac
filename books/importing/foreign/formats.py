"""The kinds of files that are read, by the ends of their names."""

import sys
import traceback
from importlib import import_module

from books.importing.foreign.shapes import Answer, Reading, Reason, Unreadable

_MODULES = {
    "docx": "docx",
    "epub": "epub",
    "html": "webpage",
    "htm": "webpage",
    "xhtml": "webpage",
    "md": "marked",
    "markdown": "marked",
    "txt": "plain",
}
KINDS = frozenset(_MODULES)


def kind_of(name: str) -> str:
    """Returns what kind a file is by its name, "" for one that is not read."""
    ending = name.rpartition(".")[2].lower()
    return ending if ending in KINDS else ""


def read(kind: str, data: bytes) -> Reading:
    """Returns what a file of one of KINDS holds. Raises Unreadable, and what parsers raise that stumble."""
    reading: Reading = import_module(f"books.importing.foreign.{_MODULES[kind]}").read(data)
    return reading


def answer(kind: str, data: bytes) -> Answer:
    """Reads a file; whatever comes of it is an answer."""
    try:
        return Answer(reading=read(kind, data))
    except Unreadable as unreadable:
        return Answer(refused=unreadable.reason)
    except MemoryError:
        return Answer(refused=Reason.TOO_MUCH)
    except RecursionError:
        return Answer(refused=Reason.TOO_DEEP)
    except Exception as error:
        # A parser that stumbles has met a broken file. Where it did, not over which words, is for those who look after
        # the server.
        places = [f"{place.filename}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__)[-3:]]
        sys.stderr.write(f"{type(error).__name__} at {', '.join(places)}\n")
        return Answer(refused=Reason.BROKEN)
