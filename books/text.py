"""The text of chapters: plain paragraphs in a small subset of Markdown.

A chapter is a list of blocks separated by blank lines. In a block: `_italic_`, `**bold**`, `[links](https://…)`, a
heading of level 2 or 3, a `>` quote; a block of its own, `***` or `⁂`, is a scene break. Nothing else of Markdown is
taken, so that prose is never mistaken for a list or a code block. What points at a block names its id, which
`books.paragraphs` keeps.
"""

import re
from html import escape

import nh3
from markdown_it import MarkdownIt

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_SCENE_BREAK = re.compile(r"(?:⁂|\*\s*\*\s*\*|-\s*-\s*-)\s*")
_SPECIAL = re.compile(r"[_*\[\\>#]")
UNSPACED = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
"""A pattern for scripts that are written without spaces: Han, kana, and their extensions."""
_UNSPACED = re.compile(UNSPACED)
_HEADING_LEVELS = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
# What may open, close or end a link; an escaped mark is none.
_BRACKET = re.compile(r"\\.|\[|\](?P<link>\()?", re.DOTALL)
# Wherever the parser stops to look, once a block has to be parsed.
_STOP = re.compile(r"[\n!-&*+\-:<-@\[-`{-~]")
MOST_STOPS = 20_000
"""Stops that one text may have; the blocks behind are shown as they were written. The dearest, `[a](`, costs 40 µs.
A play of 230,000 characters, which is a chapter of Ulysses, has 3,335."""
RENDERER = 1
"""To be raised with every change of what becomes of a text: what is kept is made anew then."""

_SCENE_BREAK_HTML = '<hr class="scene-break">'
_CLEANER = nh3.Cleaner(
    tags={"p", "em", "strong", "a", "br", "h2", "h3", "blockquote"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": 20})
    return parser.enable(
        ["heading", "blockquote", "emphasis", "link", "escape", "newline", "balance_pairs", "fragments_join"]
    )


_MARKDOWN = _parser()


def paragraphs(source: str) -> list[str]:
    """Returns the blocks of a chapter, each as written; a block's place in the list is its index."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").strip()
    return [block.strip("\n") for block in _BLANK_LINES.split(text)] if text else []


def render(source: str) -> list[str]:
    """Returns one piece of safe HTML per block, in the order and with the indices of `paragraphs`.

    The work grows with the length of the text and with its stops, and never faster.
    """
    pieces, left = [], MOST_STOPS
    for block in paragraphs(source):
        is_marked = _SPECIAL.search(block) is not None
        if is_marked:
            left -= len(_STOP.findall(block))
        pieces.append(_render_block(block, plain=not is_marked or left < 0))
    return pieces


def render_whole(source: str) -> str:
    """Returns the safe HTML of a short text (a note, a blurb, a comment) in one piece."""
    return "\n".join(render(source))


def is_scene_break(block: str) -> bool:
    """Tells whether the block is nothing but a scene break."""
    return bool(_SCENE_BREAK.fullmatch(block.strip()))


def count_words(source: str) -> int:
    """Returns the number of words: what is between spaces, and each character of Han and kana by itself."""
    return sum(_words_of(block) for block in paragraphs(source) if not is_scene_break(block))


def _words_of(block: str) -> int:
    unspaced = len(_UNSPACED.findall(block))
    if not unspaced:
        return len(block.split())
    rest = _UNSPACED.sub(" ", block).split()
    return unspaced + sum(any(character.isalnum() for character in word) for word in rest)


def _render_block(block: str, *, plain: bool) -> str:
    if is_scene_break(block):
        return _SCENE_BREAK_HTML
    if plain:
        lines = "<br>\n".join(escape(line.strip(), quote=False) for line in block.split("\n"))
        return f"<p>{lines}</p>"
    tokens = _MARKDOWN.parse(_without_idle_brackets(block))
    for token in tokens:
        token.tag = _HEADING_LEVELS.get(token.tag, token.tag)
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return _CLEANER.clean(html).strip()


def _without_idle_brackets(block: str) -> str:
    """Returns the block with a backslash before every bracket that cannot belong to a link.

    For each bracket the parser looks for its other half, through all the others: `[a][` in a block of 10,000
    characters took 0.3 s. Found once and here, none that is left lies within another one's reach.
    """
    idle: list[int] = []
    opened: list[int] = []
    last_link = -1
    for match in _BRACKET.finditer(block):
        at = match.start()
        if block[at] == "[":
            opened.append(at)
        elif block[at] == "]":
            start = opened.pop() if opened else -1
            # A link cannot be inside another one: the inner one counts.
            if match["link"] and start > last_link:
                last_link = start
            else:
                idle += [at] if start < 0 else [start, at]
    pieces, done = [], 0
    for at in sorted([*idle, *opened]):
        pieces += [block[done:at], "\\"]
        done = at
    return "".join([*pieces, block[done:]])
