"""What an uploaded file is, by its first bytes: what it is called, and said to be, counts for nothing."""

from dataclasses import dataclass

from social.models import AttachmentKind

HEAD_BYTES = 128


@dataclass(frozen=True, slots=True)
class FileType:
    """One type of file that people may send."""

    kind: AttachmentKind
    content_type: str
    extension: str


_IMAGE = FileType(AttachmentKind.IMAGE, "image/webp", "webp")
_PLAIN = FileType(AttachmentKind.FILE, "text/plain; charset=utf-8", "txt")


def _audio(content_type: str, extension: str) -> FileType:
    return FileType(AttachmentKind.AUDIO, content_type, extension)


# (offset, bytes there) → type. Sources: the formats' own specifications; an EPUB's first entry is stored and named
# "mimetype" (OCF 3.3, section 4.3); a Matroska file is taken for a recording, as browsers make them.
_SIGNATURES: list[tuple[int, bytes, FileType]] = [
    (0, b"\xff\xd8\xff", _IMAGE),
    (0, b"\x89PNG\r\n\x1a\n", _IMAGE),
    (0, b"GIF8", _IMAGE),
    (8, b"WEBP", _IMAGE),
    (0, b"ID3", _audio("audio/mpeg", "mp3")),
    (0, b"\xff\xfb", _audio("audio/mpeg", "mp3")),
    (0, b"\xff\xf3", _audio("audio/mpeg", "mp3")),
    (0, b"\xff\xf2", _audio("audio/mpeg", "mp3")),
    (0, b"OggS", _audio("audio/ogg", "ogg")),
    (0, b"fLaC", _audio("audio/flac", "flac")),
    (8, b"WAVE", _audio("audio/wav", "wav")),
    (4, b"ftypM4A", _audio("audio/mp4", "m4a")),
    (4, b"ftypmp42", _audio("audio/mp4", "m4a")),
    (4, b"ftypiso", _audio("audio/mp4", "m4a")),
    (0, b"\x1aE\xdf\xa3", _audio("audio/webm", "webm")),
    (0, b"%PDF-", FileType(AttachmentKind.FILE, "application/pdf", "pdf")),
    (38, b"application/epub+zip", FileType(AttachmentKind.FILE, "application/epub+zip", "epub")),
]


def recognise(head: bytes) -> FileType | None:
    """Returns the type of a file that begins with these bytes, None for one that is not taken."""
    for offset, bytes_there, found in _SIGNATURES:
        if head[offset : offset + len(bytes_there)] == bytes_there:
            return found
    # The head may end within a character.
    text = head.decode(errors="ignore")
    looks_plain = len(text.encode()) > len(head) - 4 and not any(
        ord(mark) < 32 and mark not in "\t\n\f\r" for mark in text
    )
    return _PLAIN if head and looks_plain else None
