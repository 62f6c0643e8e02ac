"""The text of chapters: plain paragraphs in a small subset of Markdown.

A chapter is a list of blocks separated by blank lines. In a block: `_italic_`, `**bold**`, `~~strike~~`,
`^^small caps^^`, `[links](https://…)`, `![pictures](/media/…)` that were uploaded here. A heading of level 2 or 3, a
`>` quote, an item (`+ ` or numbered `#. `, further in `+ + `); a block of its own, `***` or `⁂`, is a scene break.
Nothing else of Markdown is taken, so that prose is never mistaken for a list or a code block. What points at a block
names its id, which `books.paragraphs` keeps. `books.drafting` has the grammar.
"""

import re

from books.drafting import html
from books.drafting.inline import NOTHING
from books.drafting.lines import is_scene_break, paragraphs, taken_apart
from books.drafting.markdown import read

__all__ = ["RENDERER", "UNSPACED", "count_words", "is_scene_break", "paragraphs", "render", "render_whole"]

UNSPACED = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
"""A pattern for scripts that are written without spaces: Han, kana, and their extensions."""
_UNSPACED = re.compile(UNSPACED)
RENDERER = 2
"""To be raised with every change of what becomes of a text: what is kept is made anew then."""


def render(source: str) -> list[str]:
    """Returns one piece of safe HTML per block, in the order and with the indices of `paragraphs`.

    The work grows with the length of the text and with its stops, and never faster.
    """
    return html.pieces(read(source))


def render_whole(source: str) -> str:
    """Returns the safe HTML of a short text (a note, a blurb, a comment) in one piece."""
    return "\n".join(render(source))


def count_words(source: str) -> int:
    """Returns the number of words: what is between spaces, and each character of Han and kana by itself."""
    return sum(_words_of(taken_apart(block).content) for block in paragraphs(source))


def _words_of(content: str) -> int:
    written = content.replace(NOTHING, "")
    unspaced = len(_UNSPACED.findall(written))
    if not unspaced:
        return len(written.split())
    rest = _UNSPACED.sub(" ", written).split()
    return unspaced + sum(any(character.isalnum() for character in word) for word in rest)
