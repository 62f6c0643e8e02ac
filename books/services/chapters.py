"""Chapters: written, changed, put in order, deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from django.db.models import F, Max

import realtime
from books import limits, signals
from books import text as prose
from books.errors import VersionConflict, invalid
from books.models import Book, Chapter, ChapterState, Right, VersionKind
from books.paragraphs import CarriedOver, carry_over, known_by_id, new_ids
from books.policies.drafting import require_writing
from books.policies.people import require
from books.services import checking, drafts, keeping, rendering
from books.services.locking import known_book, known_chapter, lock_book, lock_chapter
from books.services.sums import count_chapters
from livrya.accounts.models import User
from realtime.documents import PreparedChange
from realtime.errors import Conflict

# Above every number that is used: room in which chapters wait while they change places.
_ASIDE = 1_000_000
# Each compares with the text that is there; only others who save at the same moment make another one needed.
_TRIES = 3
_WRITING = Right.EDIT_DRAFTS | Right.EDIT_CHAPTERS
_ADD, _CHANGE = "books.add_chapter", "books.change_chapter"


class Content(TypedDict, total=False):
    """What is written in a chapter, and how it is released."""

    title: str
    text: str
    note: str
    volume: str
    silent: bool


class _Clean(Content, total=False):
    """The same, as it is stored."""

    word_count: int
    paragraph_ids: list[str]


def create_chapter(
    *,
    actor: User | None,
    book_id: int,
    title: str,
    text: str = "",
    note: str | None = None,
    volume: str = "",
    silent: bool = False,
) -> Chapter:
    """Adds a draft at the end of the book. Without `note` it gets the book's default one."""
    limits.CHAPTERS.charge(actor.pk if actor else None)
    book = known_book(book_id)
    require_to_add(actor, book)
    clean = _clean({"title": title, "text": text, "volume": volume})
    clean["note"] = _clean_note(book.default_note if note is None else note)
    clean["paragraph_ids"] = new_ids(len(prose.paragraphs(clean["text"])))
    rendered = rendering.render(clean["text"], clean["note"])
    with realtime.atomic():
        book = lock_book(book_id)
        require_to_add(actor, book, act="chapter:create")
        last = Chapter.objects.filter(book=book).aggregate(last=Max("number"))["last"] or 0
        chapter = Chapter(book=book, number=last + 1, silent=silent, **clean)
        chapter.save(force_insert=True)
        rendering.keep(chapter, rendered)
        book.save(update_fields=["updated_at"])
        signals.chapter_created.send(Chapter, chapter=chapter, actor=actor)
    return chapter


def update_chapter(
    *,
    actor: User | None,
    chapter_id: int,
    version: int | None = None,
    ids: Sequence[str] | None = None,
    **content: Unpack[Content],
) -> Chapter:
    """Changes what is given of a chapter; `version` is the one that the writer started from.

    `ids` are those of the text's paragraphs, where the text is that of the draft; else the draft follows the text.
    Raises VersionConflict (with the present version) when somebody else has saved since; None asks for no check.
    Saving what is there already changes nothing and emits no event.
    """
    for _ in range(_TRIES):
        worked_out = _work_out(actor, chapter_id, version, content, ids)
        with realtime.atomic():
            chapter = _lock_to_write(actor, chapter_id, version)
            if (chapter.text, chapter.paragraph_ids, drafts.has_begun(chapter_id)) == worked_out.before:
                return _update(actor, chapter, worked_out)
    raise Conflict("Others are writing this chapter, too. Load it again.")


@dataclass(frozen=True, slots=True)
class _WorkedOut:
    """What takes long about a change, done while nobody waits.

    `before` is what it was compared with: text and ids (a text that went and came back has others), and whether there
    was a draft. `following` is what the draft will have of it; `is_draft` tells that the text is the draft's own.
    """

    before: tuple[str, list[str], bool]
    clean: _Clean
    changed_paragraphs: list[str]
    rendered: rendering.Rendered | None
    following: PreparedChange[None] | None
    is_draft: bool


def _work_out(
    actor: User | None, chapter_id: int, version: int | None, content: Content, ids: Sequence[str] | None
) -> _WorkedOut:
    seen = known_chapter(actor, chapter_id)
    require_to_write(actor, seen, version)  # a stranger's text is not worth the time
    clean = _clean(content)
    text, note = clean.get("text", seen.text), clean.get("note", seen.note)
    carried, following = CarriedOver(seen.paragraph_ids, []), None
    has_draft = drafts.has_begun(chapter_id)
    if text != seen.text or (ids is not None and list(ids) != seen.paragraph_ids):
        with rendering.turn():
            if ids is None:
                carried = carry_over(seen.paragraph_ids, seen.text, text)
                following = drafts.following(seen, text, carried.ids) if has_draft else None
            else:
                carried = known_by_id(seen.paragraph_ids, seen.text, ids, text)
        clean["paragraph_ids"] = carried.ids
    is_same = (text, note) == (seen.text, seen.note)
    before = (seen.text, seen.paragraph_ids, has_draft)
    rendered = None if is_same else rendering.render(text, note)
    return _WorkedOut(before, clean, carried.changed, rendered, following, ids is not None)


def _lock_to_write(actor: User | None, chapter_id: int, version: int | None) -> Chapter:
    chapter = lock_chapter(actor, chapter_id)
    require_to_write(actor, chapter, version)
    return chapter


def require_to_add(actor: User | None, book: Book, act: str | None = None) -> None:
    """Raises what keeps the actor from adding chapters to the book."""
    require(actor, book, _WRITING, staff=_ADD, act=act)


def require_to_write(actor: User | None, chapter: Chapter, version: int | None, act: str | None = None) -> None:
    """Raises what keeps the actor from changing the chapter as it is now."""
    require_writing(actor, chapter, act)
    if version is not None and version != chapter.version:
        raise VersionConflict(details={"version": chapter.version})


def _update(actor: User | None, chapter: Chapter, worked_out: _WorkedOut) -> Chapter:
    require_to_write(actor, chapter, None, act="chapter:update")  # written down once, however many tries it took
    before = Chapter(title=chapter.title, text=chapter.text, note=chapter.note, volume=chapter.volume)
    for name, value in worked_out.clean.items():
        setattr(chapter, name, value)
    if chapter.volume != before.volume:
        target = f"chapter:{chapter.pk}"
        require(actor, chapter.book, Right.EDIT_VOLUMES, staff=_CHANGE, act="chapter:volume", target=target)
    if chapter.state != ChapterState.DRAFT and not chapter.text:
        raise invalid("text", "A chapter that is out or on its way needs a text.")
    title_changed = chapter.title != before.title
    text_changed = chapter.text != before.text
    if not (title_changed or text_changed or chapter.note != before.note or chapter.volume != before.volume):
        chapter.save(update_fields=["silent", "paragraph_ids"])
        return chapter
    chapter.version += 1
    chapter.save()
    if worked_out.rendered:
        rendering.keep(chapter, worked_out.rendered)
    if worked_out.following is not None:
        worked_out.following.emit(actor=actor)
    if chapter.is_published and worked_out.is_draft:
        keeping.keep(chapter, chapter.text, chapter.paragraph_ids, VersionKind.PUBLISHING, actor=actor)
    if chapter.is_published and text_changed:
        count_chapters(chapter.book)
    signals.chapter_updated.send(
        Chapter,
        chapter=chapter,
        title_changed=title_changed,
        changed_paragraphs=worked_out.changed_paragraphs,
        actor=actor,
    )
    return chapter


def reorder_chapters(*, actor: User | None, book_id: int, chapter_ids: Sequence[int]) -> None:
    """Numbers the book's chapters from 1 in the given order; `chapter_ids` names each of them once."""
    with realtime.atomic():
        book = lock_book(book_id)
        require(actor, book, Right.EDIT_VOLUMES, staff=_CHANGE, act="book:reorder")
        present = list(Chapter.objects.filter(book=book).values_list("pk", flat=True))
        if sorted(chapter_ids) != sorted(present):
            raise Conflict("The chapters are no longer the same. Load them again.")
        if chapter_ids:
            _number(book, chapter_ids)
            signals.chapters_reordered.send(Book, book=book, actor=actor)


def delete_chapter(*, actor: User | None, chapter_id: int) -> None:
    """Deletes a chapter with its comments, for ever; those behind it move up."""
    with realtime.atomic():
        chapter = lock_chapter(actor, chapter_id)
        target = f"chapter:{chapter_id}"
        require(actor, chapter.book, Right.DELETE, staff="books.delete_chapter", act="chapter:delete", target=target)
        was_published = chapter.is_published
        drafts.erase([chapter_id])
        chapter.delete()
        chapter.pk = chapter_id
        _number(chapter.book, Chapter.objects.filter(book=chapter.book).order_by("number").values_list("pk", flat=True))
        if was_published:
            count_chapters(chapter.book)
        signals.chapter_withdrawn.send(Chapter, chapter=chapter, was_published=was_published, actor=actor)


def lock_comments(*, actor: User | None, chapter_id: int, locked: bool) -> Chapter:
    """Closes the chapter's comments, or opens them again."""
    with realtime.atomic():
        chapter = lock_chapter(actor, chapter_id)
        right, act = Right.MODERATE_COMMENTS | Right.EDIT_CHAPTERS, "chapter:lock" if locked else "chapter:unlock"
        require(actor, chapter.book, right, staff=_CHANGE, act=act, target=f"chapter:{chapter_id}")
        if chapter.comments_locked != locked:
            chapter.comments_locked = locked
            chapter.save(update_fields=["comments_locked", "updated_at"])
            signals.comments_locked.send(Chapter, chapter=chapter, actor=actor)
    return chapter


def _clean(content: Content) -> _Clean:
    clean = _Clean()
    if "title" in content:
        clean["title"] = checking.line("title", content["title"], longest=limits.TITLE)
    if "text" in content:
        clean["text"] = checking.body("text", content["text"], longest=limits.CHAPTER, required=False)
        if len(prose.paragraphs(clean["text"])) > limits.PARAGRAPHS:
            raise invalid("text", f"At most {limits.PARAGRAPHS:,} paragraphs, please.")
        clean["word_count"] = prose.count_words(clean["text"])
    if "note" in content:
        clean["note"] = _clean_note(content["note"])
    if "volume" in content:
        clean["volume"] = checking.line("volume", content["volume"], longest=limits.TITLE, required=False)
    if "silent" in content:
        clean["silent"] = content["silent"]
    return clean


def _clean_note(note: str) -> str:
    return checking.body("note", note, longest=limits.NOTE, required=False)


def _number(book: Book, chapter_ids: Iterable[int]) -> None:
    numbers = {chapter_id: number for number, chapter_id in enumerate(chapter_ids, start=1)}
    chapters = list(Chapter.objects.filter(book=book).defer(*Chapter.LONG_FIELDS))
    moved = [chapter for chapter in chapters if chapter.number != numbers[chapter.pk]]
    if moved:
        # In two steps: a number may be taken by a chapter that has not moved yet.
        Chapter.objects.filter(pk__in=[chapter.pk for chapter in moved]).update(number=F("number") + _ASIDE)
        for chapter in moved:
            chapter.number = numbers[chapter.pk]
        Chapter.objects.bulk_update(moved, ["number"], batch_size=500)
