"""Markdown as others write it: CommonMark with `~~strike~~`, and our `^^small caps^^` and `{}`."""

import re

from markdown_it import MarkdownIt

from books.drafting.inline import teach_own_marks
from books.importing.foreign.encodings import text_of
from books.importing.foreign.markup import read_page
from books.importing.foreign.shapes import Reading, require_little
from books.importing.foreign.splitting import chapters_of

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(title|author|lang|language):(.*)$", re.MULTILINE | re.IGNORECASE)
_QUOTES = ('"', "'")


_MOST_NESTED = 10_000
"""More than Python calls itself: what the library reaches its own bound in, it leaves out without a word, and with it
the rest of the file. A line of twenty stars is a list in a list in a list."""


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MOST_NESTED}).enable("strikethrough")
    teach_own_marks(parser)
    parser.add_render_rule("small_caps_open", lambda *_: '<span class="small-caps">')
    parser.add_render_rule("small_caps_close", lambda *_: "</span>")
    return parser


_PARSER = _parser()


def read(data: bytes) -> Reading:
    """Returns the chapters, by headings; title, author and language from lines between `---` at the front.

    Raises Unreadable.
    """
    source, remarks = text_of(data)
    source = source.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    require_little(paragraphs=source.count("\n"))  # each line may be one
    front = _FRONT_MATTER.match(source)
    said = {name.lower(): _unquoted(value.strip(" \t")) for name, value in _FIELD.findall(front[1])} if front else {}
    page = read_page(_PARSER.render(source[front.end() :] if front else source))
    title, chapters = chapters_of(page.flow, title=said.get("title", ""))
    return Reading(
        title=title,
        author=said.get("author", ""),
        language=said.get("lang") or said.get("language", ""),
        chapters=chapters,
        remarks=sorted(remarks | page.remarks),
    )


def _unquoted(value: str) -> str:
    value = value[1:] if value.startswith(_QUOTES) else value
    return value[:-1] if value.endswith(_QUOTES) else value
