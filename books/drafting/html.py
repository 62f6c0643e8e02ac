"""A block as one piece of safe HTML."""

from collections.abc import Iterator, Sequence
from html import escape

import nh3
from markdown_it.common.normalize_url import normalizeLink

from books.drafting.blocks import Block, HardBreak, Image, Mark, Span
from books.drafting.nesting import Edge, Link, nested

SCENE_BREAK = '<hr class="scene-break">'
_TAGS: dict[Mark, tuple[str, str]] = {
    "italic": ("<em>", "</em>"),
    "bold": ("<strong>", "</strong>"),
    "strike": ("<s>", "</s>"),
    "smallCaps": ('<span class="small-caps">', "</span>"),
}
_LEVELS = {"level-2", "level-3"}
_CLEANER = nh3.Cleaner(
    tags={"p", "em", "strong", "s", "span", "a", "br", "img", "h2", "h3", "blockquote", "ul", "ol", "li"},
    attributes={"a": {"href"}, "img": {"src", "alt", "loading"}, "ol": {"start"}},
    allowed_classes={"span": {"small-caps"}, "ul": _LEVELS, "ol": _LEVELS},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)


def pieces(blocks: Sequence[Block]) -> list[str]:
    """Returns one piece of safe HTML for each block, each of which is normal.

    Each item is a list by itself, so that a block is one piece; numbered ones say how they go on.
    """
    made = []
    numbers: list[int] = []
    for block in blocks:
        if block.kind == "item":
            # What is further in begins anew behind what is further out.
            numbers = [*numbers, *[0] * block.level][: block.level]
            numbers[-1] = numbers[-1] + 1 if block.ordered else 0
        else:
            numbers = []
        made.append(_piece(block, numbers))
    return made


def _piece(block: Block, numbers: Sequence[int]) -> str:
    if block.kind == "break":
        return SCENE_BREAK
    content = "".join(_parts(block))
    if block.kind == "heading":
        html = f"<h{block.level}>{content}</h{block.level}>"
    elif block.kind == "quote":
        html = f"<blockquote>\n<p>{content}</p>\n</blockquote>"
    elif block.kind == "item":
        tag = "ol" if block.ordered else "ul"
        start = f' start="{numbers[-1]}"' if block.ordered and numbers[-1] > 1 else ""
        level = f' class="level-{block.level}"' if block.level > 1 else ""
        html = f"<{tag}{start}{level}><li>{content}</li></{tag}>"
    else:
        html = f"<p>{content}</p>"
    plain = all(isinstance(one, HardBreak) or (isinstance(one, Span) and one.link is None) for one in block.inlines)
    # What has no attribute of somebody's own has nothing to be cleaned.
    return html if plain else _CLEANER.clean(html).strip()


def _parts(block: Block) -> Iterator[str]:
    for one in nested(block.inlines):
        if isinstance(one, Span):
            yield escape(one.text, quote=False)
        elif isinstance(one, HardBreak):
            yield "<br>\n"
        elif isinstance(one, Image):
            yield f'<img src="{escape(one.src)}" alt="{escape(one.alt)}" loading="lazy">'
        elif isinstance(one, Edge) and isinstance(one.around, Link):
            yield f'<a href="{escape(normalizeLink(one.around.address))}">' if one.side == "open" else "</a>"
        else:
            yield _TAGS[one.around][one.side == "close"]
