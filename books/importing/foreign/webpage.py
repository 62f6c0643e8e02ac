"""A web page that was saved, or what a word processor calls one."""

from books.importing.foreign.encodings import text_of
from books.importing.foreign.markup import read_page
from books.importing.foreign.shapes import Reading
from books.importing.foreign.splitting import chapters_of


def read(data: bytes) -> Reading:
    """Returns the page's chapters, by its headings. Raises Unreadable."""
    html, remarks = text_of(data, may_declare=True)
    page = read_page(html)
    title, chapters = chapters_of(page.flow, title=page.title)
    return Reading(
        title=title,
        author=page.author,
        language=page.language,
        chapters=chapters,
        remarks=sorted(remarks | page.remarks),
    )
