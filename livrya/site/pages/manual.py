"""The project's own Markdown pages as HTML, for those who build clients: the same words as in the repository."""

import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_GENERATED = re.compile(r"\A<!--.*?-->\n", re.DOTALL)
EXAMPLES = ("stock_client.mjs", "stock_client.py", "bare_websocket.py", "follow.sh")


@dataclass(frozen=True, slots=True)
class Source:
    """A page of the manual: its place in the repository, and what it is for. `depth`: the headings in its contents."""

    path: str
    name: str
    lead: str
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """A place in a page; `level` 2 or 3."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page ready to be shown."""

    title: str
    html: SafeString
    headings: tuple[Heading, ...]


SOURCES: Mapping[str, Source] = {
    "protocol": Source("docs/protocol.md", "The protocol", "How to connect, sign in, and go on after a break."),
    "events": Source("docs/reference/events.md", "Rooms, commands and events", "Everything that can be said.", depth=3),
    "codes": Source("docs/codes.md", "Codes", "Why something was refused, or a connection closed."),
    "mobile-clients": Source("docs/how-to/mobile-clients.md", "Clients for phones", "Batteries, sleep and tunnels."),
    "examples": Source("examples/README.md", "Examples", "Four whole clients to start from."),
}


@lru_cache(maxsize=len(SOURCES))
def rendered(slug: str) -> Rendered:
    """Returns a page of the manual; read once, as the code is. Raises KeyError for one that does not exist."""
    source = SOURCES[slug]
    text = _GENERATED.sub("", (settings.BASE_DIR / source.path).read_text())
    if slug == "examples":
        text += "".join(_program(settings.BASE_DIR / "examples" / name) for name in EXAMPLES)
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    title, headings = "", []
    used: Counter[str] = Counter()
    for token, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        if token.type == "heading_open":
            words = "".join(child.content for child in following.children or ())
            place = anchor(words)
            used[place] += 1
            if used[place] > 1:
                place += f"-{used[place] - 1}"
            token.attrSet("id", place)
            if token.tag == "h1":
                title = words
                token.attrSet("class", "page-head__title")
            elif int(token.tag[1]) <= source.depth:
                headings.append(Heading(int(token.tag[1]), words, place))
        elif token.type == "table_open":
            token.attrSet("class", "table")
        elif token.type == "fence":
            token.attrSet("tabindex", "0")  # what scrolls must be reached without a mouse
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _address(str(child.attrGet("href")), source))
    html = parser.renderer.render(tokens, parser.options, {})
    return Rendered(title, mark_safe(html), tuple(headings))  # noqa: S308  # our own pages, and no HTML in them


def anchor(heading: str) -> str:
    """Returns the fragment of a heading, the same under which forges publish it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _program(path: Path) -> str:
    language = {".mjs": "js", ".py": "python", ".sh": "sh"}[path.suffix]
    return f"\n## {path.name}\n\n```{language}\n{path.read_text()}```\n"


def _address(href: str, source: Source) -> str:
    """Returns where a link of the repository leads on the site."""
    path, _, fragment = href.partition("#")
    if not path or "://" in href:
        return href
    if path in EXAMPLES:
        return f"#{anchor(path)}"
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source.path), path))
    slug = next((slug for slug, page in SOURCES.items() if page.path == target), None)
    if slug is None:
        raise LookupError(f"{source.path} links to {href}, which the manual does not have.")
    return reverse("manual", args=[slug]) + (f"#{fragment}" if fragment else "")
