"""Checks of what people send in, before it reaches the database."""

import re
from collections.abc import Iterable

from books.errors import invalid
from books.paragraphs import ID
from livrya.accounts.models import User
from livrya.kit.texts import clean_line, clean_text

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")


def line(field: str, value: str, *, longest: int, required: bool = True) -> str:
    """Returns a cleaned text of one line. Raises ValidationFailed when it is too long or missing."""
    return _bounded(field, clean_line(value), longest, required)


def body(field: str, value: str, *, longest: int, required: bool = True) -> str:
    """Returns a cleaned text of any number of lines. Raises ValidationFailed when it is too long or missing."""
    # Measured before it is cleaned too: cleaning megabytes takes time.
    return _bounded(field, clean_text(_bounded(field, value, longest * 2, False)), longest, required)


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


def paragraph(field: str, value: str) -> str:
    """Returns the id of a paragraph. Raises ValidationFailed for what can be none."""
    if not ID.fullmatch(value):
        raise invalid(field, "There is no such paragraph.")
    return value


def person(field: str, user_id: int) -> User:
    """Returns the active user of that id. Raises ValidationFailed when there is none."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise invalid(field, "There is no such person.")
    return user


def _bounded(field: str, text: str, longest: int, required: bool) -> str:
    if len(text) > longest:
        raise invalid(field, f"At most {longest:,} characters, please.")
    if required and not text:
        raise invalid(field, "This must not be empty.")
    return text
