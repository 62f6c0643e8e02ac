"""Files are read one at a time, elsewhere, and every refusal is a sentence with a reason."""

import os
import subprocess
import sys
import threading

import pytest

from books.errors import BrokenFile
from books.importing import reader
from books.importing.foreign.shapes import Reason
from books.importing.reader import SENTENCES, read_file
from livrya.kit.turns import Turns
from livrya.site.bodies import MOST_UPLOAD_BYTES
from realtime.errors import TooLarge, Unavailable
from tests.books.importing.foreign.files import docx, paragraph

pytestmark = pytest.mark.either_database

NEVER_SECONDS = 60


def test_a_file_is_read_and_called_as_it_is() -> None:
    reading = read_file("dir/the_ferry.DOCX", docx(paragraph("a")))
    assert (reading.title, reading.chapters[0].title, reading.chapters[0].text) == ("the ferry", "the ferry", "a")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"%PDF", Reason.UNKNOWN_KIND),
        ("a", b"", Reason.UNKNOWN_KIND),
        ("a.docx", b"\x89PNG", Reason.ANOTHER_KIND),
        ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), Reason.ENCRYPTED),
        ("a.docx", docx(paragraph("a"))[:-40], Reason.BROKEN),
        ("a.txt", b" \n ", Reason.EMPTY),
    ],
)
def test_a_refusal_is_a_sentence_with_a_reason(name: str, data: bytes, reason: Reason) -> None:
    with pytest.raises(BrokenFile) as refused:
        read_file(name, data)
    assert refused.value.details == {"reason": reason}
    assert str(refused.value) == SENTENCES[reason]


def test_every_reason_has_a_sentence() -> None:
    assert SENTENCES.keys() == set(Reason)


def test_a_file_may_be_so_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reader.MOST_FILE_BYTES < MOST_UPLOAD_BYTES
    monkeypatch.setattr(reader, "MOST_FILE_BYTES", 3)
    assert read_file("a.txt", b"abc")
    with pytest.raises(TooLarge):
        read_file("a.txt", b"abcd")


def _instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Has other code run as the child."""
    run = subprocess.run

    def other(command: list[str], **said):
        return run([sys.executable, "-c", code], **said)

    monkeypatch.setattr(subprocess, "run", other)


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(1)",
        "pass",
    ],
)
def test_a_child_that_ends_without_a_word_is_a_refusal(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _instead(monkeypatch, code)
    with pytest.raises(BrokenFile) as refused:
        read_file("a.txt", b"a")
    assert refused.value.details == {"reason": Reason.TOO_MUCH}


def test_a_child_that_takes_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "SECONDS", 0.01)
    _instead(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(BrokenFile) as refused:
        read_file("a.txt", b"a")
    assert refused.value.details == {"reason": Reason.TOO_MUCH}


def test_the_child_has_none_of_the_sites_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "x")
    _instead(
        monkeypatch,
        "import os; print('{\"refused\": \"%s\"}' % ('broken' if 'A_SECRET' in os.environ else 'empty'))",
    )
    with pytest.raises(BrokenFile) as refused:
        read_file("a.txt", b"a")
    assert refused.value.details == {"reason": Reason.EMPTY}
    assert "A_SECRET" in os.environ


def test_where_it_stumbled_is_in_the_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    _instead(
        monkeypatch, "import sys; sys.stderr.write('KeyError at x'); sys.stdout.write('{\"refused\": \"broken\"}')"
    )
    with pytest.raises(BrokenFile):
        read_file("a.txt", b"a")
    assert "KeyError at x" in caplog.text


def test_who_comes_while_too_many_wait_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_TURNS", Turns(at_once=1, waiting=0, seconds=0, refusal="Later."))
    inside, leave = threading.Event(), threading.Event()
    asked = reader._asked

    def held(kind: str, data: bytes):
        inside.set()
        leave.wait(NEVER_SECONDS)
        return asked(kind, data)

    monkeypatch.setattr(reader, "_asked", held)
    first = threading.Thread(target=read_file, args=("a.txt", b"a"))
    first.start()
    assert inside.wait(NEVER_SECONDS)
    with pytest.raises(Unavailable):
        read_file("a.txt", b"a")
    leave.set()
    first.join()
    assert read_file("a.txt", b"a")
