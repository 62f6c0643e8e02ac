"""A progress bar for terminals."""

import shutil
from typing import TextIO


class Bar:
    """Shows how far a piece of work is, on one line; says nothing where the stream is no terminal."""

    def __init__(self, stream: TextIO, label: str, total: int) -> None:
        self._stream = stream
        self._label = label
        self._total = max(total, 1)
        self._shown = stream.isatty()

    def advance_to(self, done: int) -> None:
        if not self._shown:
            return
        columns = shutil.get_terminal_size().columns
        count = f" {done}/{self._total}"
        label = self._label[: columns // 3]
        width = max(columns - len(label) - len(count) - 3, 0)
        filled = width * done // self._total
        self._stream.write(f"\r{label} {'█' * filled}{'░' * (width - filled)}{count}")
        self._stream.flush()

    def close(self) -> None:
        """Clears the line."""
        if self._shown:
            self._stream.write(f"\r{' ' * (shutil.get_terminal_size().columns - 1)}\r")
            self._stream.flush()
