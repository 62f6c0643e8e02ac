import pytest
from django.db import IntegrityError, transaction

from books.errors import VersionConflict
from books.models import Chapter, Right
from books.selectors.chapters import chapter_by_id, contents, get_chapter, neighbours
from books.services.chapters import create_chapter, delete_chapter, lock_comments, reorder_chapters, update_chapter
from realtime.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.books.library import author_of, book, chapter, draft, somebody, worker_on

pytestmark = pytest.mark.django_db


def numbers(made) -> list[tuple[int, int]]:
    return list(Chapter.objects.filter(book=made).order_by("number").values_list("number", "pk"))


def test_a_new_chapter_is_a_draft_at_the_end_with_the_default_note():
    made = book(default_note="Thanks!")
    first, second = draft(made), draft(made, note="Other")
    assert [(c.number, c.state, c.note) for c in (first, second)] == [(1, "draft", "Thanks!"), (2, "draft", "Other")]
    assert first.word_count == 11


def test_drafts_are_seen_by_those_who_work_on_the_book():
    made = book()
    hidden, out = draft(made), chapter(made)
    assert list(contents(None, made)) == [out]
    assert list(contents(somebody(), made)) == [out]
    assert list(contents(worker_on(made, "beta"), made)) == [hidden, out]
    with pytest.raises(NotFound):
        get_chapter(somebody(), made, 1)
    with pytest.raises(NotFound):
        chapter_by_id(None, hidden.pk)
    assert neighbours(None, out) == (None, None)
    assert neighbours(author_of(made), out) == (hidden, None)


def test_saving_raises_the_version_and_a_stale_writer_is_told():
    saved = draft(book())
    author = author_of(saved.book)
    assert update_chapter(actor=author, chapter_id=saved.pk, version=1, text="New.").version == 2
    with pytest.raises(VersionConflict) as refused:
        update_chapter(actor=author, chapter_id=saved.pk, version=1, text="Newer.")
    assert refused.value.details == {"version": 2}
    assert update_chapter(actor=author, chapter_id=saved.pk, version=2, text="New.").version == 2


def test_published_chapters_and_volumes_need_their_own_rights():
    made = book()
    out, waiting = chapter(made), draft(made)
    drafter = worker_on(made, rights=Right.EDIT_DRAFTS)
    update_chapter(actor=drafter, chapter_id=waiting.pk, title="Mine")
    with pytest.raises(Forbidden):
        update_chapter(actor=drafter, chapter_id=out.pk, title="Mine")
    with pytest.raises(Forbidden):
        update_chapter(actor=drafter, chapter_id=waiting.pk, volume="II")
    with pytest.raises(Forbidden):
        create_chapter(actor=somebody(), book_id=made.pk, title="x")


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "x" * 201), ("text", "x" * 500_001), ("note", "x" * 5_001), ("volume", "x" * 201)],
)
def test_what_does_not_fit_in_a_chapter_is_refused(field, value):
    made = draft(book())
    with pytest.raises(ValidationFailed) as refused:
        update_chapter(actor=None, chapter_id=made.pk, **{field: value})
    assert list(refused.value.details["fields"]) == [field]


def test_a_published_chapter_keeps_a_text_and_its_book_the_count():
    out = chapter(book(), text="One two three.")
    with pytest.raises(ValidationFailed):
        update_chapter(actor=None, chapter_id=out.pk, text="")
    update_chapter(actor=None, chapter_id=out.pk, text="One two.")
    out.book.refresh_from_db()
    assert (out.book.word_count, out.book.published_count) == (2, 1)


def test_chapters_are_put_in_order():
    made = book()
    a, b, c = (draft(made).pk for _ in range(3))
    reorder_chapters(actor=author_of(made), book_id=made.pk, chapter_ids=[c, a, b])
    assert numbers(made) == [(1, c), (2, a), (3, b)]
    for wrong in ([c, a], [c, a, a], [c, a, b, 10**18]):
        with pytest.raises(Conflict):
            reorder_chapters(actor=None, book_id=made.pk, chapter_ids=wrong)
    with pytest.raises(Forbidden):
        reorder_chapters(actor=somebody(), book_id=made.pk, chapter_ids=[a, b, c])


def test_deleting_a_chapter_lets_the_others_move_up():
    made = book()
    a, b, c = chapter(made), chapter(made), draft(made)
    with pytest.raises(Forbidden):
        delete_chapter(actor=worker_on(made, "editor"), chapter_id=a.pk)
    delete_chapter(actor=author_of(made), chapter_id=a.pk)
    assert numbers(made) == [(1, b.pk), (2, c.pk)]
    made.refresh_from_db()
    assert made.published_count == 1


def test_comments_can_be_locked_and_opened():
    out = chapter(book())
    assert lock_comments(actor=author_of(out.book), chapter_id=out.pk, locked=True).comments_locked
    assert not lock_comments(actor=author_of(out.book), chapter_id=out.pk, locked=False).comments_locked
    with pytest.raises(Forbidden):
        lock_comments(actor=somebody(), chapter_id=out.pk, locked=True)


@pytest.mark.parametrize(
    "broken",
    [
        {"number": 0},
        {"title": ""},
        {"state": "published"},
        {"state": "scheduled"},
        {"state": "gone"},
    ],
)
def test_the_database_itself_refuses_what_makes_no_sense(broken):
    made = draft(book())
    with pytest.raises(IntegrityError), transaction.atomic():
        Chapter.objects.filter(pk=made.pk).update(**broken)
