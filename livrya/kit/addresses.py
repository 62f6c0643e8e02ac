"""The words that the site's own addresses use where names of people's things may be."""

import re
from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver


@cache
def taken_words(argument: str) -> frozenset[str]:
    """Returns the words that hide whatever has them for its name, as `/write/new/` hides the desk of a book `new`.

    `argument` is what the name is called in addresses: `slug`, `username`. The words come from the URL configuration,
    so that a new address takes its word by itself.
    """
    name = re.compile(rf"<(?:\w+:)?{argument}>")
    paths = [tuple(path.split("/")) for path in _paths(get_resolver())]
    named = {path[:at] for path in paths for at, part in enumerate(path) if name.fullmatch(part)}
    return frozenset(
        path[len(before)]
        for path in paths
        for before in named
        if len(path) > len(before) and path[: len(before)] == before and re.fullmatch(r"[\w.-]+", path[len(before)])
    )


def _paths(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"[\^$]", "", str(entry.pattern))
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from _paths(entry, path)
