import pytest

import realtime
from books.events import AuthorRoom, BookRoom, ChapterRoom, DraftRoom, FollowersRoom
from books.models import Right
from books.services.books import delete_book, hide_book, update_book
from books.services.chapters import delete_chapter, lock_comments, reorder_chapters, update_chapter
from books.services.comments import (
    delete_comment,
    edit_comment,
    hide_comment,
    post_comment,
    react_to_comment,
    restore_comment,
)
from books.services.credits import change_credit, invite_person, remove_credit
from books.services.invitations import accept_invitation, end_invitation, invite_reader
from books.services.reading import save_progress, shelve_book
from books.services.releases import publish_chapter, unpublish_chapter
from books.services.reviews import delete_review, edit_review, post_review
from books.services.subscriptions import subscribe, unsubscribe
from livrya.accounts.services.following import follow
from livrya.kit.api.fields import unix_ms
from realtime import UserRoom
from realtime.models import Event
from realtime.testing.capture import capture_events
from tests.books.library import author_of, book, chapter, comment, draft, reader_of, somebody, worker_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def captured():
    with capture_events() as events:
        yield events


def said_in(captured, room):
    """Returns (type, payload) of what clients get in the room."""
    events = zip(captured.types(room), captured.emitted(room), strict=True)
    return [(type, payload) for type, (_, payload) in events if not type.startswith("realtime:")]


def only(captured, room):
    """Returns the one payload that the room got."""
    [(_, payload)] = captured.emitted(room)
    return payload


def test_a_release_is_told_to_the_book_and_to_the_followers_of_its_authors(captured):
    made = draft(book())
    author, other = author_of(made.book), worker_on(made.book, "co_author")
    captured.events.clear()
    out = publish_chapter(actor=author, chapter_id=made.pk)
    event = only(captured, BookRoom(made.book_id))
    assert (event.chapter_id, event.title, event.number) == (made.pk, made.title, 1)
    assert (event.audio_url, event.narrator_name) == (None, None)
    assert event.published_at == unix_ms(out.published_at)
    for person in (author, other):
        assert only(captured, FollowersRoom(person.pk)) == event


def test_a_private_book_is_no_news_for_followers(captured):
    made = draft(book(visibility="private"))
    publish_chapter(actor=None, chapter_id=made.pk)
    assert captured.types(BookRoom(made.book_id)) == ["chapter:available"]
    assert captured.types(FollowersRoom(author_of(made.book).pk)) == []


def test_a_rolled_back_release_is_told_to_nobody(captured):
    made = draft(book())
    captured.events.clear()
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        publish_chapter(actor=None, chapter_id=made.pk)
        raise ZeroDivisionError
    assert captured.types() == []


def test_changes_of_a_draft_stay_in_its_room(captured):
    made = draft(book())
    update_chapter(actor=None, chapter_id=made.pk, title="Secret")
    assert captured.types(DraftRoom(made.pk)) == ["chapter:updated"]
    assert captured.types(BookRoom(made.book_id)) == captured.types(ChapterRoom(made.pk)) == []


def test_changes_of_a_published_chapter_are_told_with_the_paragraphs(captured):
    out = chapter(book(), text="One.\n\nTwo.\n\nThree.")
    captured.events.clear()
    out = update_chapter(actor=None, chapter_id=out.pk, text="One.\n\n2.\n\nThree.")
    for room in (BookRoom(out.book_id), ChapterRoom(out.pk), DraftRoom(out.pk)):
        event = only(captured, room)
        assert (event.version, event.changed_paragraphs, event.title) == (2, [out.paragraph_ids[1]], None)
    update_chapter(actor=None, chapter_id=out.pk, text="One.\n\n2.\n\nThree.")
    assert captured.types(ChapterRoom(out.pk)) == ["chapter:updated"]


def test_a_chapter_changed_all_over_is_still_one_small_event(captured):
    out = chapter(book(), text="\n\n".join("a" * 20_000))
    captured.events.clear()
    update_chapter(actor=None, chapter_id=out.pk, text="\n\n".join("b" * 20_000))
    assert only(captured, BookRoom(out.book_id)).changed_paragraphs is None


def test_a_chapter_that_goes_is_told_and_its_announcement_emptied(captured):
    out = publish_chapter(actor=None, chapter_id=draft(book()).pk)
    for act in (unpublish_chapter, delete_chapter):
        act(actor=None, chapter_id=out.pk)
    assert captured.types(BookRoom(out.book_id)) == ["chapter:available", "realtime:blanked", "chapter:removed"]
    assert "Loomings" not in "".join(Event.objects.values_list("payload", flat=True))


def test_order_and_description_are_told_to_the_book(captured):
    made = book()
    ids = [chapter(made).pk for _ in range(2)]
    captured.events.clear()
    reorder_chapters(actor=None, book_id=made.pk, chapter_ids=ids[::-1])
    update_book(actor=None, book_id=made.pk, title="Moby-Dick")
    assert captured.types(BookRoom(made.pk)) == ["book:updated", "book:updated"]
    assert captured.emitted(BookRoom(made.pk))[1][1].title == "Moby-Dick"


def test_a_subscription_is_told_to_its_person_and_the_authors(captured):
    made, reader = book(), somebody()
    subscribe(actor=reader, book_id=made.pk)
    subscribe(actor=reader, book_id=made.pk)
    unsubscribe(actor=reader, book_id=made.pk)
    mine = UserRoom(reader.pk)
    assert captured.types(mine) == ["subscription:changed", "realtime:roomsChanged"] * 2
    assert [payload.level for _, payload in captured.emitted(mine)[::2]] == ["all", None]
    assert [payload.count for _, payload in captured.emitted(AuthorRoom(author_of(made).pk))] == [1, 0]


def test_following_somebody_changes_what_ones_sessions_receive(captured):
    reader = somebody()
    follow(actor=reader, user=somebody())
    assert "realtime:roomsChanged" in captured.types(UserRoom(reader.pk))


def test_comments_are_told_from_posting_to_deleting(captured):
    out = chapter(book())
    captured.events.clear()
    room = ChapterRoom(out.pk)
    said = comment(out, paragraph=out.paragraph_ids[1])
    reply = comment(out, parent_id=said.pk)
    edit_comment(actor=reply.author, comment_id=reply.pk, text="Better.")
    react_to_comment(actor=said.author, comment_id=reply.pk, kind="like")
    react_to_comment(actor=said.author, comment_id=reply.pk, kind="like")
    delete_comment(actor=reply.author, comment_id=reply.pk)
    types, payloads = zip(*said_in(captured, room), strict=True)
    assert list(types) == [
        "comment:new",
        "comment:new",
        "comment:updated",
        "reaction:changed",
        "comment:deleted",
    ]
    assert (payloads[0].author, payloads[0].text) == (said.author.username, "Ahoy!")
    assert payloads[0].paragraph == out.paragraph_ids[1]
    assert payloads[1].parent_id == said.pk
    assert payloads[2].text == "Better."
    assert payloads[3].reactions == {"like": 1}
    assert (payloads[4].id, payloads[4].moderated) == (reply.pk, False)


def test_what_was_deleted_or_hidden_is_in_no_log_any_more():
    out = chapter(book())
    deleted, hidden = comment(out, text="first secret"), comment(out, text="second secret")
    review = post_review(actor=reader_of(out), book_id=out.book_id, rating=1, text="third secret")
    delete_comment(actor=deleted.author, comment_id=deleted.pk)
    hide_comment(actor=None, comment_id=hidden.pk)
    delete_review(actor=review.author, review_id=review.pk)
    assert "secret" not in "".join(Event.objects.values_list("payload", flat=True))
    restore_comment(actor=None, comment_id=hidden.pk)
    assert Event.objects.filter(payload__contains="second secret", type="comment:updated").exists()


def test_reviews_are_told_with_what_they_come_to(captured):
    out = chapter(book())
    captured.events.clear()
    review = post_review(actor=reader_of(out), book_id=out.book_id, rating=4, text="Long.")
    edit_review(actor=review.author, review_id=review.pk, rating=2)
    delete_review(actor=review.author, review_id=review.pk)
    types, payloads = zip(*said_in(captured, BookRoom(out.book_id)), strict=True)
    assert types == ("review:new", "review:updated", "review:deleted")
    assert [payload.average_rating for payload in payloads] == [4.0, 2.0, None]


def test_a_place_is_told_to_the_readers_other_devices(captured):
    reader, out = somebody(), chapter(book())
    captured.events.clear()
    save_progress(actor=reader, chapter_id=out.pk, position=0.5, paragraph=out.paragraph_ids[1], connection_id="here")
    [event] = captured.events
    assert (event.room, event.type, event.skip) == (f"user:{reader.pk}", "progress:changed", "here")


def test_shelves_and_locks_are_told(captured):
    reader, out = somebody(), chapter(book())
    captured.events.clear()  # coming out has everybody in its room asked again
    shelve_book(actor=reader, book_id=out.book_id, shelf="later")
    lock_comments(actor=None, chapter_id=out.pk, locked=True)
    assert only(captured, UserRoom(reader.pk)).shelf == "later"
    assert only(captured, ChapterRoom(out.pk)).locked


def revoked(captured) -> set[str]:
    return {payload.room for _, payload in captured.emitted() if type(payload).__name__ == "Revoked"}


def test_whoever_loses_a_right_is_asked_again_everywhere(captured):
    made = book(visibility="private")
    out, waiting = chapter(made), draft(made)
    editor = worker_on(made, "editor")
    credit = editor.credits.get()
    captured.events.clear()
    change_credit(actor=None, credit_id=credit.pk, rights=Right.VIEW_DASHBOARD)
    assert revoked(captured) == {f"draft:{out.pk}", f"draft:{waiting.pk}"}
    remove_credit(actor=None, credit_id=credit.pk)
    assert {f"book:{made.pk}", f"chapter:{out.pk}", f"draft:{waiting.pk}"} <= revoked(captured)
    assert {event.room for event in captured.events if event.type == "realtime:revoked"} == {f"user:{editor.pk}"}


def test_the_end_of_a_private_subscription_is_a_revocation(captured):
    made, reader = book(visibility="private"), somebody()
    out = chapter(made)
    invitation = invite_reader(actor=None, book_id=made.pk, user_id=reader.pk)
    accept_invitation(actor=reader, invitation_id=invitation.pk)
    subscribe(actor=reader, book_id=made.pk)
    captured.events.clear()
    end_invitation(actor=author_of(made), invitation_id=invitation.pk)
    assert {f"book:{made.pk}", f"chapter:{out.pk}"} <= revoked(captured)
    assert "subscription:changed" in captured.types(UserRoom(reader.pk))


@pytest.mark.parametrize(
    "act",
    [
        lambda book: update_book(actor=None, book_id=book.pk, visibility="private"),
        lambda book: hide_book(actor=None, book_id=book.pk),
        lambda book: delete_book(actor=None, book_id=book.pk),
    ],
)
def test_everybody_is_asked_again_when_a_book_goes_out_of_sight_and_followers_lose_what_they_heard(captured, act):
    made = book()
    chapters = [chapter(made) for _ in range(10)]
    captured.events.clear()
    act(made)
    assert "Loomings" not in "".join(Event.objects.values_list("payload", flat=True))
    assert {f"book:{made.pk}", *(f"chapter:{out.pk}" for out in chapters)} <= revoked(captured)


def test_offers_are_told_to_whom_they_are_made(captured):
    made, invited = book(), somebody()
    credit = invite_person(actor=None, book_id=made.pk, user_id=invited.pk, kind="narrator")
    remove_credit(actor=None, credit_id=credit.pk)
    states = [payload.state for _, payload in captured.emitted(UserRoom(invited.pk))]
    assert states == ["offered", "ended"]


def test_the_longest_comment_fits_in_one_event(captured):
    out = chapter(book())
    post_comment(actor=somebody(), chapter_id=out.pk, text="\U0001f433" * 10_000)
    assert "comment:new" in captured.types(ChapterRoom(out.pk))
