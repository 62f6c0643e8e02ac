import pytest
from django.db import connection
from django.dispatch import Signal
from django.test.utils import CaptureQueriesContext

from books import signals
from books.models import Subscription
from books.services.books import hide_book, update_book
from books.services.comments import delete_comment
from books.services.reading import open_chapter
from books.services.releases import publish_chapter, unpublish_chapter
from books.services.reviews import post_review
from books.services.subscriptions import subscribe
from livrya.accounts.models import User
from livrya.accounts.services.following import follow
from notifications.models import FanOut, Notification
from tests.books.library import author_of, book, chapter, comment, draft, run_jobs, somebody, worker_on

pytestmark = pytest.mark.django_db


def notified(kind: str = "CHAPTER_PUBLISHED") -> list[int]:
    return sorted(Notification.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_a_reader_who_subscribes_and_follows_is_told_once():
    made = draft(book())
    author, reader = author_of(made.book), somebody()
    subscribe(actor=reader, book_id=made.book_id)
    follow(actor=reader, user=author)
    publish_chapter(actor=author, chapter_id=made.pk)
    run_jobs()
    [notification] = Notification.objects.filter(kind="CHAPTER_PUBLISHED")
    assert notification.recipient == reader
    assert notification.message == "New chapter: Loomings"
    assert notification.subject == {"book_id": made.book_id, "chapter_id": made.pk}
    assert notification.url == f"/books/{made.book.slug}/1/"


def test_subscribers_and_followers_are_told_but_not_who_has_muted_the_book():
    made = draft(book())
    author = author_of(made.book)
    everything, chapters, muted, follower = (somebody() for _ in range(4))
    for reader, level in ((everything, "all"), (chapters, "chapters"), (muted, "muted")):
        subscribe(actor=reader, book_id=made.book_id, level=level)
    for reader in (muted, follower):
        follow(actor=reader, user=author)
    publish_chapter(actor=author, chapter_id=made.pk)
    run_jobs()
    assert notified() == sorted(person.pk for person in (everything, chapters, follower))


def test_a_silent_release_and_a_second_one_notify_nobody():
    made = draft(book())
    reader = somebody()
    subscribe(actor=reader, book_id=made.book_id)
    publish_chapter(actor=None, chapter_id=made.pk, silent=True)
    unpublish_chapter(actor=None, chapter_id=made.pk)
    publish_chapter(actor=None, chapter_id=made.pk, silent=False)
    assert not FanOut.objects.exists()


def test_followers_hear_nothing_of_private_books_and_old_subscribers_neither():
    made = draft(book())
    subscriber, follower = somebody(), somebody()
    editor = worker_on(made.book)
    for reader in (subscriber, editor):
        subscribe(actor=reader, book_id=made.book_id)
    follow(actor=follower, user=author_of(made.book))
    update_book(actor=None, book_id=made.book_id, visibility="private")
    publish_chapter(actor=None, chapter_id=made.pk)
    run_jobs()
    assert notified() == [editor.pk]


@pytest.mark.parametrize(
    "go_away",
    [
        lambda chapter: unpublish_chapter(actor=None, chapter_id=chapter.pk),
        lambda chapter: hide_book(actor=None, book_id=chapter.book_id),
    ],
)
@pytest.mark.parametrize("told_before", [True, False])
def test_nobody_is_told_of_what_is_gone_again(go_away, told_before):
    made = draft(book())
    subscribe(actor=somebody(), book_id=made.book_id)
    publish_chapter(actor=None, chapter_id=made.pk)
    if told_before:
        run_jobs()
    go_away(made)
    run_jobs()
    assert notified() == []


def test_a_comment_is_told_to_the_authors_and_to_whom_it_answers_but_not_to_its_writer():
    out = chapter(book())
    author, co_author = author_of(out.book), worker_on(out.book, "co_author")
    editor = worker_on(out.book, "editor")
    said = comment(out, author=author)
    assert notified("COMMENT_ON_BOOK") == [co_author.pk]
    reader = comment(out, parent_id=said.pk, text="A" * 60).author
    comment(out, author=author, parent_id=said.pk)
    first = Notification.objects.filter(recipient=author, kind="COMMENT_ON_BOOK").first()
    assert first.message == "A" * 50
    assert first.subject["comment_id"]
    assert editor.pk not in notified("COMMENT_ON_BOOK")
    comment(out, parent_id=out.comments.get(author=reader).pk)
    assert reader.pk in notified("COMMENT_ON_BOOK")


def test_a_comment_that_is_deleted_leaves_every_bell():
    out = chapter(book())
    said = comment(out)
    assert notified("COMMENT_ON_BOOK")
    delete_comment(actor=said.author, comment_id=said.pk)
    run_jobs()
    assert notified("COMMENT_ON_BOOK") == []


def test_reviews_and_offers_are_told():
    out = chapter(book())
    reader, editor = somebody(), worker_on(out.book)
    open_chapter(actor=reader, chapter_id=out.pk)
    post_review(actor=reader, book_id=out.book_id, rating=4)
    assert notified("REVIEW_ON_BOOK") == [author_of(out.book).pk]
    assert notified("BOOK_INVITATION") == [editor.pk]


def test_ten_authors_can_all_be_told_in_one_transaction():
    out = chapter(book())
    for _ in range(9):
        worker_on(out.book, "co_author")
    comment(out)
    assert len(notified("COMMENT_ON_BOOK")) == 10


def test_every_signal_has_a_receiver_or_is_there_for_others():
    quiet = {"book_created", "chapter_created"}
    declared = {name: signal for name, signal in vars(signals).items() if isinstance(signal, Signal)}
    assert {name for name, signal in declared.items() if not signal.has_listeners()} == quiet


def test_publishing_costs_the_same_however_many_subscribe():
    def cost(subscribers: int) -> int:
        made = draft(book())
        Subscription.objects.bulk_create(
            Subscription(book=made.book, user=user)
            for user in User.objects.bulk_create(User(username=f"{made.pk}-{index}") for index in range(subscribers))
        )
        with CaptureQueriesContext(connection) as queries:
            publish_chapter(actor=None, chapter_id=made.pk)
        return len(queries)

    assert cost(1) == cost(1_000)
