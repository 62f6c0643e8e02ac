"""Zip files, which may be made to fill a machine: what a part says it takes is asked before it is unpacked."""

import io
import zipfile
import zlib

from books.importing.foreign.shapes import Reason, Unreadable

MOST_PARTS = 10_000
MOST_PART_BYTES = 48 * 1024 * 1024
"""Unpacked. A novel of 200,000 words takes 10 MB as Word writes it."""
MOST_BYTES = 96 * 1024 * 1024
"""Unpacked, of all parts that are looked at; pictures are not."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
"""Begins what Word wrote before 2007, and what it writes with a password."""


class Archive:
    """The parts of a zip file by name. Raises Unreadable for whatever is wrong with it."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLD_OFFICE):
            is_locked = "EncryptedPackage".encode("utf-16-le") in data
            raise Unreadable(Reason.ENCRYPTED if is_locked else Reason.ANOTHER_KIND)
        if not data.startswith(b"PK"):
            raise Unreadable(Reason.ANOTHER_KIND)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
            raise Unreadable(Reason.BROKEN) from error
        self.names = set(self._zip.namelist())
        self._left = MOST_BYTES
        if len(self.names) > MOST_PARTS:
            raise Unreadable(Reason.TOO_MUCH)

    def read(self, name: str) -> bytes:
        """Returns a part that is in `names`. A part never unpacks to more than it says."""
        part = self._zip.getinfo(name)
        self._left -= part.file_size
        if part.file_size > MOST_PART_BYTES or self._left < 0:
            raise Unreadable(Reason.TOO_MUCH)
        if part.flag_bits & 1:
            raise Unreadable(Reason.ENCRYPTED)
        try:
            return self._zip.read(part)
        except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError) as error:
            raise Unreadable(Reason.BROKEN) from error
