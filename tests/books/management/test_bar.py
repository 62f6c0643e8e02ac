"""The progress bar of commands."""

import io
import os

import pytest

from books.management import bar
from books.management.bar import Bar

pytestmark = pytest.mark.either_database


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar.shutil, "get_terminal_size", lambda: os.terminal_size((40, 20)))


@pytest.mark.parametrize(("done", "full"), [(0, 0), (2, 10), (4, 20)])
def test_the_bar_fills_as_the_work_goes_on_and_stays_on_its_line(done: int, full: int) -> None:
    stream = Terminal()
    Bar(stream, "The Ferry", 4).advance_to(done)
    drawn = stream.getvalue()
    assert drawn.startswith("\rThe Ferry ")
    assert drawn.endswith(f" {done}/4")
    empty, filled = drawn.count("░"), drawn.count("█")
    assert filled == (empty + filled) * done // 4
    assert empty + filled > 10
    assert len(drawn) - 1 < 40
    assert bool(filled) is bool(full)


def test_a_long_title_leaves_room_for_the_bar_and_what_was_drawn_is_cleared() -> None:
    stream = Terminal()
    shown = Bar(stream, "x" * 200, 1)
    shown.advance_to(1)
    assert "█" in stream.getvalue()
    assert len(stream.getvalue()) - 1 < 40
    shown.close()
    assert stream.getvalue().endswith("\r" + " " * 39 + "\r")


def test_where_nobody_looks_nothing_is_written() -> None:
    stream = io.StringIO()
    unseen = Bar(stream, "The Ferry", 0)
    unseen.advance_to(0)
    unseen.close()
    assert stream.getvalue() == ""
