"""Path converters: `<id:…>` takes what fits a key, `<username:…>` what can be a name; anything else is a 404.

URL configurations that use them import this module.
"""

import re

from django.urls import register_converter

from livrya.kit.api.fields import LARGEST_ID


class IdConverter:
    """An id: ASCII digits without leading zero, at most what a 64-bit key holds."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class UsernameConverter:
    """A username as accounts allow them."""

    regex = "[A-Za-z0-9][A-Za-z0-9_.@+-]{0,149}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def read_id(given: str) -> int | None:
    """Returns the id that a parameter says, None when it says none."""
    try:
        return IdConverter().to_python(given) if re.fullmatch(IdConverter.regex, given) else None
    except ValueError:
        return None


register_converter(IdConverter, "id")
register_converter(UsernameConverter, "username")
