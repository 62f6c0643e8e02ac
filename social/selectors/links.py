"""Links to chapters in what people say: the public ones unfold."""

import re
from collections.abc import Iterable

from books.models import Chapter, ChapterState
from books.policies import visible_to
from social import limits
from social.events.messages import ChapterLink

# On this site, whatever it is called where it was copied from: the path alone counts, and must name a chapter.
_CHAPTER = re.compile(r"(?:https?://[^\s/]+)?(/books/([a-z0-9]+(?:-[a-z0-9]+)*)/([1-9][0-9]{0,5})/)(?![^\s#?)\].,;!])")


def chapter_paths(text: str) -> list[tuple[str, str, int]]:
    """Returns (path, slug, number) of the chapters that a text links to, in order, each once, a few at most."""
    found = dict.fromkeys((match[1], match[2], int(match[3])) for match in _CHAPTER.finditer(text))
    return list(found)[: limits.CHAPTER_LINKS]


def unfolded(texts: Iterable[str]) -> dict[str, ChapterLink]:
    """Returns by path the chapters to which texts link and that everybody may read; one query, or none."""
    wanted = {(slug, number) for text in texts for _, slug, number in chapter_paths(text)}
    if not wanted:
        return {}
    chapters = (
        Chapter.objects.filter(
            visible_to(None, "book__"),
            state=ChapterState.PUBLISHED,
            book__slug__in={slug for slug, _ in wanted},
            number__in={number for _, number in wanted},
        )
        .select_related("book")
        .defer(*Chapter.LONG_FIELDS)
    )
    links = [_link(chapter) for chapter in chapters if (chapter.book.slug, chapter.number) in wanted]
    return {link.url: link for link in links}


def _link(chapter: Chapter) -> ChapterLink:
    book = chapter.book
    return ChapterLink(
        url=f"/books/{book.slug}/{chapter.number}/",
        chapter_id=chapter.pk,
        chapter_title=chapter.title,
        number=chapter.number,
        book_id=book.pk,
        book_title=book.title,
        book_slug=book.slug,
        cover=book.cover.url if book.cover else None,
    )
