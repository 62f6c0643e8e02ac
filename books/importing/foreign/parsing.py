"""HTML's parser of the standard library, without the time that it takes for tags that never end."""

from html.parser import HTMLParser

from books.importing.foreign.shapes import Reason, Unreadable

MOST_UNFINISHED = 20
"""Tags, comments and the like without an end. For each one the parser looks through all that is behind it."""


class Parser(HTMLParser):
    """Raises Unreadable for what has more than so many of them: a file that was cut off has one, twice."""

    def __init__(self) -> None:
        super().__init__()
        self._unfinished = 0

    def parse_starttag(self, i: int) -> int:
        return self._counted(super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        return self._counted(super().parse_endtag(i))

    def parse_comment(self, i: int, report: bool = True) -> int:
        return self._counted(super().parse_comment(i, report))

    def parse_html_declaration(self, i: int) -> int:
        return self._counted(super().parse_html_declaration(i))

    def parse_pi(self, i: int) -> int:
        return self._counted(super().parse_pi(i))

    def _counted(self, end: int) -> int:
        if end < 0:
            self._unfinished += 1
            if self._unfinished > MOST_UNFINISHED:
                raise Unreadable(Reason.BROKEN)
        return end
