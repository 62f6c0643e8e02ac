"""Every list takes the same number of queries however long it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from books.events import BookRoom, ChapterRoom
from books.models import Chapter, ChapterState, Comment, ReadingProgress, Review, ShelfEntry, Subscription
from books.services.comments import react_to_comment
from books.services.sums import count_chapters
from livrya.accounts.models import User
from realtime.identity import ANONYMOUS, Identity
from realtime.rooms import authorise
from tests.books.library import author_of, book, chapter, comment, reader_of, somebody, worker_on
from tests.livrya.accounts.people import browser

pytestmark = pytest.mark.django_db


def queries(client, address: str) -> tuple[int, list]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return len(captured), answer.json()["results"]


def add_chapters(made, number: int) -> None:
    last = Chapter.objects.filter(book=made).count()
    Chapter.objects.bulk_create(
        Chapter(
            book=made,
            number=last + index,
            title=f"Chapter {index}",
            text="Words. " * 2_000,
            word_count=2_000,
            state=ChapterState.PUBLISHED,
            published_at=timezone.now(),
        )
        for index in range(1, number + 1)
    )
    count_chapters(made)


def add_comments(out, number: int, writer: User) -> None:
    added = Comment.objects.bulk_create(Comment(chapter=out, author=writer, text="Ahoy!") for _ in range(number))
    for new in added:
        new.path = f"{new.pk:012d}"
    Comment.objects.bulk_update(added, ["path"], batch_size=500)


def add_book(reader: User) -> None:
    made = book(tags=["Sea", "Whales"])
    worker_on(made)
    out = chapter(made)
    Subscription.objects.create(user=reader, book=made)
    ShelfEntry.objects.create(user=reader, book=made, shelf="reading")
    ReadingProgress.objects.create(user=reader, book=made, chapter=out)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("api-books", {}),
        ("api-own-subscriptions", {}),
        ("api-own-places", {}),
        ("api-own-shelf", {"shelf": "reading"}),
        ("api-tags", {}),
    ],
)
def test_lists_of_books(name, path):
    reader = somebody()
    client = browser(reader)
    add_book(reader)
    few, _ = queries(client, reverse(name, kwargs=path))
    for _ in range(7):
        add_book(reader)
    many, rows = queries(client, reverse(name, kwargs=path))
    assert many == few
    assert len(rows) == (2 if name == "api-tags" else 8)


def test_the_authors_own_books():
    author = somebody()
    book(author)
    client = browser(author)
    few, _ = queries(client, reverse("api-own-books"))
    for _ in range(5):
        worker_on(book(author))
    many, rows = queries(client, reverse("api-own-books"))
    assert many == few
    assert len(rows) == 6


def test_four_hundred_chapters_in_a_table_of_contents():
    made = book()
    client = browser(author_of(made))
    address = reverse("api-contents", kwargs={"book_id": made.pk}) + "?limit=500"
    add_chapters(made, 2)
    few, _ = queries(client, address)
    add_chapters(made, 398)
    with CaptureQueriesContext(connection) as captured:
        rows = client.get(address).json()["results"]
    assert len(captured) == few
    assert [row["number"] for row in rows] == list(range(1, 401))
    # The text of the chapters, 5 MB here, stays where it is.
    assert not any('"books_chapter"."text"' in query["sql"] for query in captured)


def test_five_thousand_comments_under_a_chapter():
    out, reader = chapter(book()), somebody()
    client = browser(reader)
    address = reverse("api-comments", kwargs={"chapter_id": out.pk}) + "?limit=200"
    react_to_comment(actor=reader, comment_id=comment(out).pk, kind="like")
    few, _ = queries(client, address)
    add_comments(out, 5_000, somebody())
    many, rows = queries(client, address)
    assert many == few
    assert len(rows) == 200
    assert rows[0]["ownReactions"] == ["like"]


def test_comments_come_in_pages_without_gap_or_repetition():
    out = chapter(book())
    add_comments(out, 120, somebody())
    replied = Comment.objects.order_by("pk")[60]
    comment(out, parent_id=replied.pk)
    client, seen, cursor = browser(), [], ""
    while cursor is not None:
        address = reverse("api-comments", kwargs={"chapter_id": out.pk})
        answer = client.get(address, {"limit": 25} | ({"cursor": cursor} if cursor else {})).json()
        seen += [row["path"] for row in answer["results"]]
        cursor = answer["next"]
    assert seen == sorted(seen)
    assert len(set(seen)) == len(seen) == 121


def test_reviews_of_a_book():
    out = chapter(book())
    client = browser()
    address = reverse("api-reviews", kwargs={"book_id": out.book_id})
    Review.objects.create(book=out.book, author=reader_of(out), rating=5)
    few, _ = queries(client, address)
    for _ in range(5):
        Review.objects.create(book=out.book, author=somebody(), rating=5)
    many, rows = queries(client, address)
    assert many == few
    assert len(rows) == 6


def test_what_is_read_says_where_its_room_stood():
    out = chapter(book())
    before = browser().get(reverse("api-comments", kwargs={"chapter_id": out.pk})).json()["position"]
    comment(out)
    after = browser().get(reverse("api-comments", kwargs={"chapter_id": out.pk})).json()["position"]
    assert after["seq"] == before["seq"] + 1
    assert browser().get(reverse("api-chapter", kwargs={"chapter_id": out.pk})).json()["position"] == after
    assert "position" in browser().get(reverse("api-book", kwargs={"book_id": out.book_id})).json()


@pytest.mark.parametrize(
    "query",
    [
        {"order": "best"},
        {"withoutWarning": "boredom"},
        {"cursor": "?"},
        {"limit": "0"},
        {"limit": "x"},
    ],
)
def test_queries_that_make_no_sense_are_refused(query):
    assert browser().get(reverse("api-books"), query).status_code == 400


@pytest.mark.parametrize(
    "query",
    [{"rating": "\0"}, {"withoutTag": "\0", "q": "x y"}, {"q": "%' OR 1=1 --"}, {"tag": "\0"}, {"language": "x" * 99}],
)
def test_queries_that_find_nothing_find_nothing(query):
    chapter(book())
    assert browser().get(reverse("api-books"), query).json()["results"] == []


@pytest.mark.parametrize("signed_in", [True, False])
def test_leave_to_enter_many_rooms_takes_as_many_queries_as_for_two(signed_in):
    reader = somebody()
    identity = Identity(reader.pk, reader.username) if signed_in else ANONYMOUS
    made = book(visibility="private"), *(book() for _ in range(11))
    rooms = [room for each in made for room in (BookRoom(each.pk), ChapterRoom(chapter(each).pk))]
    asked = []
    for some in (rooms[:4], rooms):
        with CaptureQueriesContext(connection) as captured:
            grants = authorise(identity, some)
        asked.append(len(captured))
    assert asked[0] == asked[1]
    assert [grants[room] is None for room in rooms] == [True, True] + [False] * 22
