"""The text of chapters: plain paragraphs in a small subset of Markdown.

A chapter is a list of blocks separated by blank lines. In a block: `_italic_`, `**bold**`, `[links](https://…)`, a
heading of level 2 or 3, a `>` quote; a block of its own, `***` or `⁂`, is a scene break. Nothing else of Markdown is
taken, so that prose is never mistaken for a list or a code block. A block's index in the list is its stable
address: comments, places and narration point at it.
"""

import re
from difflib import SequenceMatcher
from html import escape

import nh3
from markdown_it import MarkdownIt

_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_SCENE_BREAK = re.compile(r"(?:⁂|\*\s*\*\s*\*|-\s*-\s*-)\s*")
_SPECIAL = re.compile(r"[_*\[\\>#]")
# Scripts that are written without spaces: Han, kana, and their extensions.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HEADING_LEVELS = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
# A longer block is no prose; it is shown as it is rather than parsed, which could take seconds.
_LONGEST_PARSED = 10_000
# Beyond this many pairs to compare, everything between the first and the last change counts as changed.
_MOST_COMPARED = 1_000_000

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
    """Returns one piece of safe HTML per block, in the order and with the indices of `paragraphs`."""
    return [_render_block(block) for block in paragraphs(source)]


def render_whole(source: str) -> str:
    """Returns the safe HTML of a short text (a note, a blurb, a comment) in one piece."""
    return "\n".join(render(source))


def is_scene_break(block: str) -> bool:
    """Tells whether the block is nothing but a scene break."""
    return bool(_SCENE_BREAK.fullmatch(block.strip()))


def count_words(source: str) -> int:
    """Returns the number of words: what stands between spaces, and each character of Han and kana by itself."""
    return sum(_words_of(block) for block in paragraphs(source) if not is_scene_break(block))


def changed_paragraphs(old: str, new: str) -> list[int]:
    """Returns the indices in `new` of the blocks that are not in `old`, in order.

    What moved counts as changed. Where very much changed, all blocks from the first to the last change do.
    """
    before, after = paragraphs(old), paragraphs(new)
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end_before, end_after = len(before), len(after)
    while end_before > start and end_after > start and before[end_before - 1] == after[end_after - 1]:
        end_before, end_after = end_before - 1, end_after - 1
    if (end_before - start) * (end_after - start) > _MOST_COMPARED:
        return list(range(start, end_after))
    matcher = SequenceMatcher(None, before[start:end_before], after[start:end_after], autojunk=False)
    return [
        start + index
        for operation, _, _, first, last in matcher.get_opcodes()
        if operation in ("replace", "insert")
        for index in range(first, last)
    ]


def _words_of(block: str) -> int:
    unspaced = len(_UNSPACED.findall(block))
    if not unspaced:
        return len(block.split())
    rest = _UNSPACED.sub(" ", block).split()
    return unspaced + sum(any(character.isalnum() for character in word) for word in rest)


def _render_block(block: str) -> str:
    if is_scene_break(block):
        return _SCENE_BREAK_HTML
    if len(block) > _LONGEST_PARSED or not _SPECIAL.search(block):
        lines = "<br>\n".join(escape(line.strip(), quote=False) for line in block.split("\n"))
        return f"<p>{lines}</p>"
    tokens = _MARKDOWN.parse(block)
    for token in tokens:
        token.tag = _HEADING_LEVELS.get(token.tag, token.tag)
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return _CLEANER.clean(html).strip()
