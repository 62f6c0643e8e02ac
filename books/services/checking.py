"""Checks of what people send in, before it reaches the database."""

import re
from collections.abc import Iterable

from books.errors import invalid
from livrya.accounts.models import User

# PostgreSQL stores no NUL; a lone surrogate has no UTF-8. The other control characters are never meant.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")


def line(field: str, value: str, *, longest: int, required: bool = True) -> str:
    """Returns a text of one line with single spaces. Raises ValidationFailed when it is too long or missing."""
    return body(field, _SPACES.sub(" ", value), longest=longest, required=required)


def body(field: str, value: str, *, longest: int, required: bool = True) -> str:
    """Returns a text of any number of lines, trimmed. Raises ValidationFailed when it is too long or missing."""
    if _UNSTORABLE.search(value):
        raise invalid(field, "This text has characters in it that cannot be stored.")
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > longest:
        raise invalid(field, f"At most {longest:,} characters, please; these are {len(text):,}.")
    if required and not text:
        raise invalid(field, "Something must stand here.")
    return text


def choice(field: str, value: str, allowed: Iterable[str]) -> str:
    """Returns the value. Raises ValidationFailed when it is none of the allowed ones."""
    if value not in (known := list(allowed)):
        raise invalid(field, f"One of {', '.join(known)}, please.")
    return value


def language(value: str) -> str:
    """Returns a language tag. Raises ValidationFailed for what is none."""
    if len(value) > 35 or not _LANGUAGE.fullmatch(value):
        raise invalid("language", "A language tag such as en or pt-BR, please.")
    return value


def flags(field: str, value: int, every: int) -> int:
    """Returns a bitmask. Raises ValidationFailed when bits are set that mean nothing."""
    if value < 0 or value & ~every:
        raise invalid(field, "Unknown values are set.")
    return int(value)


def person(field: str, user_id: int) -> User:
    """Returns the active user of that id. Raises ValidationFailed when there is none."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise invalid(field, "There is no such person.")
    return user
