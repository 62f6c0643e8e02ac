"""Reads files of other programs, one at a time, in a process that may end of it."""

import logging
import subprocess
import sys
from pathlib import PurePath

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from books.errors import BrokenFile
from books.importing.foreign.formats import kind_of
from books.importing.foreign.shapes import TITLE, Answer, Reading, Reason
from livrya.kit.texts import excerpt
from livrya.kit.turns import Turns
from realtime.errors import TooLarge

logger = logging.getLogger("books.importing")

MOST_FILE_BYTES = 20 * 1024 * 1024
"""Below `livrya.site.bodies.MOST_UPLOAD_BYTES`. Most of a large manuscript are its pictures."""
SECONDS = 60.0
"""On the wall; the child's own bound of CPU time is lower, but a busy machine gives it little."""
WAITING = 4
"""Per process; each holds a thread and its upload."""
LONGEST_WAIT_SECONDS = 20.0

SENTENCES = {
    Reason.UNKNOWN_KIND: _("Give a .docx, .epub, .html, .md or .txt file."),
    Reason.ANOTHER_KIND: _("This file is not what its name says."),
    Reason.ENCRYPTED: _("This file is protected: save it without a password and try again."),
    Reason.BROKEN: _("This file is damaged, or only a part of it arrived."),
    Reason.TOO_MUCH: _("This file holds more than can be read at once."),
    Reason.TOO_DEEP: _("This file is nested too deeply to be a book."),
    Reason.EMPTY: _("There is no text in this file."),
}
"""What each reason says to people."""

_TURNS = Turns(at_once=1, waiting=WAITING, seconds=LONGEST_WAIT_SECONDS, refusal="Other files are being read.")


def read_file(name: str, data: bytes) -> Reading:
    """Returns what a file holds; its kind is what its name ends in. Where it says no title, its name is one.

    Waits for its turn and reads, which may take a minute: to be called outside of transactions, from any thread that
    may wait. Raises BrokenFile with the `reason` in its details, TooLarge, and Unavailable (to be tried again) while
    too many others wait.
    """
    if len(data) > MOST_FILE_BYTES:
        raise TooLarge(f"A file may have {MOST_FILE_BYTES // 1024 // 1024} MiB at most.")
    kind = kind_of(name)
    if not kind:
        raise _refusal(Reason.UNKNOWN_KIND)
    with _TURNS.taken():
        answer = _asked(kind, data)
    if answer.reading is None:
        raise _refusal(answer.refused or Reason.BROKEN)
    return _titled(answer.reading, name)


def _titled(reading: Reading, name: str) -> Reading:
    title = excerpt(reading.title or PurePath(name).stem.replace("_", " "), TITLE) or "…"
    chapters = [one if one.title else msgspec.structs.replace(one, title=title) for one in reading.chapters]
    return msgspec.structs.replace(reading, title=title, chapters=chapters)


def _asked(kind: str, data: bytes) -> Answer:
    # Nothing of this process's environment: it has the secrets of the whole site.
    try:
        child = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-B", "-m", "books.importing.foreign.child", kind],
            input=data,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer(refused=Reason.TOO_MUCH)
    if child.stderr:
        logger.warning("A .%s file could not be read: %s", kind, child.stderr[-500:].decode(errors="replace").strip())
    if child.returncode or not child.stdout:
        return Answer(refused=Reason.TOO_MUCH)
    return msgspec.json.decode(child.stdout, type=Answer)


def _refusal(reason: Reason) -> BrokenFile:
    return BrokenFile(str(SENTENCES[reason]), details={"reason": reason.value})
