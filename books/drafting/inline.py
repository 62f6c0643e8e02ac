r"""Reads what stands within a block of Markdown: marks, links, pictures, new lines.

The rules are CommonMark's, by markdown-it-py; `~~strike~~` is GitHub's. Ours are `^^small caps^^`, and `{}`, which
says nothing: it stands where CommonMark would not see a mark begin or end, as in `_Ishm_{}ael`, and keeps white space
at the end of a line.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, emphasis, escape, image, link, newline, strikethrough
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from books.drafting.blocks import HardBreak, Image, Inline, Mark, Span, address, is_picture

NOTHING = "{}"
DELIMITERS: dict[Mark, str] = {"italic": "_", "bold": "**", "strike": "~~", "smallCaps": "^^"}
_TOKENS: dict[str, Mark] = {"em": "italic", "strong": "bold", "s": "strike", "small_caps": "smallCaps"}

# What may open, close or end a link; an escaped mark is none.
_BRACKET = re.compile(r"\\.|\[|\](?P<link>\()?", re.DOTALL)
# What follows the words of a picture; an address of ours has nothing that would need more.
_SOURCE = re.compile(r"\]\(([^\s()<>&\\]+)[\s)]")
_UNWRITTEN = re.compile(r"\\([\n!-/:-@\[-`{-~])|\{\}")


class _Parser(MarkdownIt):
    """Keeps addresses as they are written: what is written again must be the same."""

    def normalizeLink(self, url: str) -> str:
        return url

    def validateLink(self, url: str) -> bool:
        return address(url) is not None


def read(content: str) -> Iterator[Inline]:
    """Yields what a block's content says. The work grows with its length, and no faster."""
    (block,) = _PARSER.parseInline(_without_idle_brackets(content))
    open_marks: Counter[Mark] = Counter()
    address_here: str | None = None
    for token in block.children or ():
        name, _, end = token.type.rpartition("_")
        if token.type == "text":
            yield Span(token.content, frozenset(+open_marks), address_here)
        elif token.tag == "br":
            yield HardBreak()
        elif token.type == "image":
            yield Image(str(token.attrs["src"]), _words(token.children or ()))
        elif name == "link":
            address_here = str(token.attrs["href"]) if end == "open" else None
        else:
            open_marks[_TOKENS[name]] += token.nesting


def read_words(content: str) -> Iterator[Inline]:
    """Yields the content's words and new lines; marks and links are words too. Costs next to nothing."""
    for number, line in enumerate(_UNWRITTEN.sub(r"\1", content).split("\n")):
        if number:
            yield HardBreak()
        yield Span(line)


def _words(tokens: Iterable[Token]) -> str:
    return "".join(" " if token.tag == "br" else token.content for token in tokens if token.type != "image")


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


def _nothing(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith(NOTHING, state.pos, state.posMax):
        return False
    if not silent:
        # Ends a token, so that neither white space before a new line goes nor marks on both sides become one.
        state.pushPending()
    state.pos += len(NOTHING)
    return True


def _picture(state: StateInline, silent: bool) -> bool:
    """Takes an image that this site serves; every other one is an exclamation mark and a link."""
    if not state.src.startswith("![", state.pos, state.posMax):
        return False
    label_end = state.md.helpers.parseLinkLabel(state, state.pos + 1, False)
    source = _SOURCE.match(state.src, label_end, state.posMax) if label_end >= 0 else None
    return source is not None and is_picture(source[1]) and image(state, silent)


def _small_caps(state: StateInline, silent: bool) -> bool:
    """As the library's own rule for `~~`; more than two in a row are only what they are."""
    if silent or state.src[state.pos] != "^":
        return False
    scanned = state.scanDelims(state.pos, True)
    token = state.push("text", "", 0)
    token.content = "^" * scanned.length
    if scanned.length == 2:
        at = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord("^"), 0, at, -1, scanned.can_open, scanned.can_close))
    state.pos += scanned.length
    return True


def _pair_small_caps(state: StateInline) -> None:
    for delimiters in (state.delimiters, *(meta["delimiters"] for meta in state.tokens_meta if meta)):
        for delimiter in delimiters:
            if delimiter.marker == ord("^") and delimiter.end >= 0:
                for at, name, nesting in (
                    (delimiter.token, "small_caps_open", 1),
                    (delimiters[delimiter.end].token, "small_caps_close", -1),
                ):
                    token = state.tokens[at]
                    token.type, token.nesting, token.content = name, nesting, ""


# Each begins with a character of its own: of a text that was made to be slow, no rule but that one sees it.
_RULES: dict[str, Callable[[StateInline, bool], bool]] = {
    "\n": newline,
    "\\": escape,
    "*": emphasis.tokenize,
    "_": emphasis.tokenize,
    "~": strikethrough.tokenize,
    "^": _small_caps,
    "[": link,
    "!": _picture,
    "{": _nothing,
}


def _marked(state: StateInline, silent: bool) -> bool:
    rule = _RULES.get(state.src[state.pos])
    return rule is not None and rule(state, silent)


def teach_own_marks(parser: MarkdownIt) -> None:
    """Adds `^^small caps^^` and `{}` to a parser that knows the rest of Markdown."""
    parser.inline.ruler.push("nothing", _nothing)
    parser.inline.ruler.push("small_caps", _small_caps)
    parser.inline.ruler2.before("fragments_join", "small_caps", _pair_small_caps)


def _parser() -> MarkdownIt:
    parser = _Parser("zero", {"html": False, "maxNesting": 20})
    parser.inline.ruler.push("marked", _marked)
    parser.inline.ruler.enableOnly(["text", "marked"])
    parser.inline.ruler2.before("fragments_join", "small_caps", _pair_small_caps)
    parser.inline.ruler2.enable(["balance_pairs", "strikethrough", "emphasis", "fragments_join"])
    parser.inline.terminator_re = re.compile(f"[{re.escape(''.join(_RULES))}\\]]")
    return parser


_PARSER = _parser()
