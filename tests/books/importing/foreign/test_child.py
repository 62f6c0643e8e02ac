"""What is made to harm ends with its process, which is bounded."""

import resource
import subprocess
import sys

import msgspec
import pytest

from books.importing.foreign import child
from books.importing.foreign.archive import MOST_PART_BYTES
from books.importing.foreign.shapes import Answer, Reason
from tests.books.importing.foreign.files import docx, epub, paragraph
from tests.homes import ROOT

pytestmark = pytest.mark.either_database


def asked(kind: str, data: bytes) -> Answer | None:
    """What the process says; None where one of its bounds ended it."""
    ended = subprocess.run(
        [sys.executable, "-m", "books.importing.foreign.child", kind], input=data, capture_output=True, cwd=ROOT, env={}
    )
    return msgspec.json.decode(ended.stdout, type=Answer) if ended.stdout else None


def test_it_reads_without_any_setting() -> None:
    answer = asked("md", b"# One\n\na\n\n![b](/media/c.png)")
    assert answer
    assert answer.reading
    assert answer.reading.chapters[0].text == "a"


def test_it_says_why_it_does_not() -> None:
    assert asked("txt", b"%PDF") == Answer(refused=Reason.ANOTHER_KIND)


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = {}
    monkeypatch.setattr(resource, "setrlimit", lambda what, most: bounds.update({what: most}))
    monkeypatch.setattr("os.nice", lambda by: None)
    child.bound()
    assert bounds[resource.RLIMIT_AS] == (child.MEMORY_BYTES, child.MEMORY_BYTES)
    assert bounds[resource.RLIMIT_CPU] == (child.CPU_SECONDS, child.CPU_SECONDS)
    assert bounds[resource.RLIMIT_FSIZE] == (0, 0)


def test_a_child_that_takes_too_much_memory_ends_and_not_the_machine() -> None:
    takes = "from books.importing.foreign.child import bound; bound(); bytearray(2 << 30)"
    ended = subprocess.run([sys.executable, "-c", takes], cwd=ROOT, env={}, capture_output=True)
    assert b"MemoryError" in ended.stderr


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("docx", docx(paragraph("a"), more="<a>" + " " * MOST_PART_BYTES), Reason.TOO_MUCH),
        ("docx", docx("<w:p>" * 3_000 + "</w:p>" * 3_000), Reason.TOO_DEEP),
        ("epub", epub({"one.xhtml": "<p>" + " " * MOST_PART_BYTES}), Reason.TOO_MUCH),
        ("epub", epub({"one.xhtml": "<div>" * 100_000}), Reason.TOO_DEEP),
        ("epub", epub({"one.xhtml": "<p>a"}, nav="<ol><li>" * 5_000), Reason.TOO_DEEP),
        ("html", b"<div>" * 100_000, Reason.TOO_DEEP),
        ("md", b"a" * 9_000_000, Reason.TOO_MUCH),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_made_to_harm_is_refused(kind: str, data: bytes, reason: Reason) -> None:
    assert len(data) < 20 * 1024 * 1024
    assert asked(kind, data) in (Answer(refused=reason), None)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("md", b">" * 200_000),
        ("md", b"[" * 50_000),
        ("md", b"*a " * 50_000),
        ("md", b"- " * 50_000),
        ("html", b"</p>" * 500_000),
        ("html", b"<b>x</i>" * 400),
        ("html", b"<!--" * 5_000),
        ("txt", b"_a " * 500_000),
        ("txt", b"\n \n" * 500_000 + b"a"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_made_to_be_slow_is_answered(kind: str, data: bytes) -> None:
    assert asked(kind, data)
