import pytest

from books.errors import CommentsLocked
from books.models import Comment, Right
from books.selectors.comments import comment_count, comments_of, own_reactions, reactions_of
from books.services.chapters import lock_comments, update_chapter
from books.services.comments import (
    delete_comment,
    edit_comment,
    hide_comment,
    post_comment,
    react_to_comment,
    restore_comment,
)
from books.services.reading import save_progress
from livrya.accounts.services import blocking
from realtime.errors import Conflict, Forbidden, NotFound, Unauthenticated, ValidationFailed
from tests.books.library import author_of, book, chapter, comment, draft, somebody, worker_on

pytestmark = pytest.mark.django_db


def test_threads_stand_together_parents_before_replies():
    out = chapter(book())
    first, second = comment(out), comment(out)
    late_reply = comment(out, parent_id=first.pk)
    nested = comment(out, parent_id=late_reply.pk)
    assert list(comments_of(out)) == [first, late_reply, nested, second]
    assert [c.depth for c in comments_of(out)] == [0, 1, 2, 0]


def test_a_reply_below_the_last_level_stands_beside_what_it_answers():
    out = chapter(book())
    said = comment(out, paragraph=out.paragraph_ids[1])
    for _ in range(4):
        said = comment(out, parent_id=said.pk)
    deepest = comment(out, parent_id=said.pk)
    assert (said.depth, deepest.depth) == (4, 4)
    assert deepest.parent_id == said.parent_id
    assert {each.paragraph for each in comments_of(out)} == {out.paragraph_ids[1]}


def test_a_comment_stays_with_its_paragraph_when_another_is_put_before_it():
    out = chapter(book(), text="Call me Ishmael.\n\nSome years ago.")
    about = out.paragraph_ids[1]
    said = comment(out, paragraph=about)
    out = update_chapter(actor=None, chapter_id=out.pk, text="A foreword.\n\nCall me Ishmael.\n\nSome years ago.")
    said.refresh_from_db()
    assert out.paragraph_ids.index(said.paragraph) == 2
    # Taken out while somebody writes about it: what they say is kept, and stands under the chapter.
    update_chapter(actor=None, chapter_id=out.pk, text="Call me Ishmael.")
    assert comment(out, paragraph=about).paragraph is None
    said.refresh_from_db()
    assert said.paragraph == about


@pytest.mark.parametrize("paragraph", ["", "1", "P" * 12, "0123456789ab\n", "a" * 17, "\x00" * 12])
def test_what_is_no_paragraph_is_refused(paragraph):
    out = chapter(book())
    with pytest.raises(ValidationFailed):
        comment(out, paragraph=paragraph)
    with pytest.raises(ValidationFailed):
        save_progress(actor=somebody(), chapter_id=out.pk, position=0.5, paragraph=paragraph)


def test_comments_need_a_person_an_open_chapter_and_words():
    out, person = chapter(book()), somebody()
    with pytest.raises(Unauthenticated):
        post_comment(actor=None, chapter_id=out.pk, text="x")
    for text in ("", " \n ", "x" * 10_001, "\0"):
        with pytest.raises(ValidationFailed):
            post_comment(actor=person, chapter_id=out.pk, text=text)
    with pytest.raises(NotFound):
        post_comment(actor=person, chapter_id=draft(out.book).pk, text="x")
    with pytest.raises(NotFound):
        post_comment(actor=person, chapter_id=chapter(book(visibility="private")).pk, text="x")
    with pytest.raises(ValidationFailed):
        post_comment(actor=person, chapter_id=out.pk, text="x", parent_id=comment(chapter(out.book)).pk)
    lock_comments(actor=None, chapter_id=out.pk, locked=True)
    with pytest.raises(CommentsLocked):
        post_comment(actor=person, chapter_id=out.pk, text="x")


def test_only_its_writer_edits_a_comment():
    said = comment(chapter(book()))
    edit_comment(actor=said.author, comment_id=said.pk, text="Better.")
    said.refresh_from_db()
    assert said.text == "Better."
    assert said.edited_at is not None
    for other in (somebody(), author_of(said.chapter.book)):
        with pytest.raises(Forbidden):
            edit_comment(actor=other, comment_id=said.pk, text="Mine.")


def test_a_deleted_comment_stays_as_a_place_while_it_has_answers():
    out = chapter(book())
    said = comment(out)
    reply = comment(out, parent_id=said.pk)
    with pytest.raises(Forbidden):
        delete_comment(actor=somebody(), comment_id=said.pk)
    delete_comment(actor=said.author, comment_id=said.pk)
    said.refresh_from_db()
    assert (said.text, said.is_visible) == ("", False)
    assert list(comments_of(out)) == [said, reply]
    assert comment_count(out) == 1
    delete_comment(actor=author_of(out.book), comment_id=reply.pk)
    assert list(comments_of(out)) == []
    with pytest.raises(NotFound):
        delete_comment(actor=said.author, comment_id=said.pk)
    with pytest.raises(ValidationFailed):
        comment(out, parent_id=said.pk)


def test_moderators_hide_and_restore():
    said = comment(chapter(book()))
    moderator = worker_on(said.chapter.book, rights=Right.MODERATE_COMMENTS)
    with pytest.raises(Forbidden):
        hide_comment(actor=worker_on(said.chapter.book, rights=Right.EDIT_DRAFTS), comment_id=said.pk)
    hide_comment(actor=moderator, comment_id=said.pk)
    assert list(comments_of(said.chapter)) == []
    with pytest.raises(Conflict):
        edit_comment(actor=said.author, comment_id=said.pk, text="x")
    restore_comment(actor=moderator, comment_id=said.pk)
    assert list(comments_of(said.chapter)) == [said]
    assert Comment.objects.get().text == "Ahoy!"


def test_a_reaction_counts_once_and_can_be_taken_back():
    said, fan = comment(chapter(book())), somebody()
    for _ in range(2):
        react_to_comment(actor=fan, comment_id=said.pk, kind="like")
    react_to_comment(actor=fan, comment_id=said.pk, kind="wow")
    react_to_comment(actor=somebody(), comment_id=said.pk, kind="like")
    assert reactions_of([said.pk]) == {said.pk: {"like": 2, "wow": 1}}
    assert own_reactions(fan, [said.pk]) == {said.pk: {"like", "wow"}}
    for _ in range(2):
        react_to_comment(actor=fan, comment_id=said.pk, kind="like", on=False)
    assert reactions_of([said.pk]) == {said.pk: {"like": 1, "wow": 1}}
    with pytest.raises(ValidationFailed):
        react_to_comment(actor=fan, comment_id=said.pk, kind="frown")


def test_nobody_answers_whom_they_have_blocked_or_who_has_blocked_them():
    out, ada, bob = chapter(book()), somebody(), somebody()
    said = comment(out, ada)
    blocking.block(actor=ada, user=bob)
    with pytest.raises(Forbidden):
        comment(out, bob, parent_id=said.pk)
    with pytest.raises(Forbidden):
        comment(out, ada, parent_id=comment(out, bob).pk)
    comment(out, parent_id=said.pk)


def test_whom_an_author_has_blocked_does_not_comment_on_their_book():
    made = book()
    out, troll, editor = chapter(made), somebody(), worker_on(made)
    for person in (troll, editor):
        blocking.block(actor=author_of(made), user=person)
    with pytest.raises(Forbidden):
        comment(out, troll)
    comment(out, editor)
