"""A book and its chapters, as readers meet them without scripts."""

import pytest
from django.test import Client

from books.models import Comment, ReadingProgress, Review, ShelfEntry, Subscription
from books.services.chapters import create_chapter
from books.services.comments import post_comment
from books.services.reading import open_chapter
from books.services.releases import publish_chapter
from livrya.accounts.services.blocking import block, mute
from tests.livrya.accounts.people import person
from tests.livrya.site.pages.conftest import signed_in


def test_anybody_reads_a_published_chapter_without_scripts(library):
    page = Client().get("/books/the-lamp-room/1/").content.decode()
    assert "The <em>Oil</em> begins." in page
    ids = library.chapters[0].paragraph_ids
    assert ids
    assert all(f'id="p-{name}" data-paragraph="{name}"' in page for name in ids)
    assert 'href="/books/the-lamp-room/2/"' in page


def test_a_draft_is_not_found_by_readers_and_shown_to_its_author(library):
    assert signed_in(library.reader).get("/books/the-lamp-room/3/").status_code == 404
    assert "The <em>Flame</em> begins." in signed_in(library.author).get("/books/the-lamp-room/3/").content.decode()


def test_the_book_page_lists_published_chapters_only(library):
    page = signed_in(library.author).get("/books/the-lamp-room/").content.decode()
    assert "Wick" in page
    assert "Flame" not in page


def test_opening_a_chapter_is_remembered_and_marked(library):
    client = signed_in(library.reader)
    client.get("/books/the-lamp-room/1/")
    assert ReadingProgress.objects.get(user=library.reader).chapter == library.chapters[0]
    assert 'data-read="partly"' in client.get("/books/the-lamp-room/").content.decode()


def test_comments_are_in_the_page_and_can_be_posted_without_scripts(library):
    client = signed_in(library.reader)
    answer = client.post("/books/the-lamp-room/1/comment/", {"text": "I smell <b>oil</b>."})
    comment = Comment.objects.get()
    assert answer.headers["Location"] == f"/books/the-lamp-room/1/#comment-{comment.pk}"
    assert "I smell &lt;b&gt;oil&lt;/b&gt;." in Client().get("/books/the-lamp-room/1/").content.decode()


def test_an_empty_comment_comes_back_with_a_sentence(library):
    client = signed_in(library.reader)
    answer = client.post(
        "/books/the-lamp-room/1/comment/",
        {"text": " "},
        headers={"referer": "http://testserver/books/the-lamp-room/1/"},
    )
    assert answer.headers["Location"] == "http://testserver/books/the-lamp-room/1/"
    assert 'class="toast toast--error"' in client.get("/books/the-lamp-room/1/").content.decode()
    assert not Comment.objects.exists()


def test_whom_an_author_has_blocked_is_offered_no_form_and_told_so(library):
    client = signed_in(library.reader)
    assert 'id="comment-text"' in client.get("/books/the-lamp-room/1/").content.decode()
    assert 'name="rating"' in client.get("/books/the-lamp-room/").content.decode()
    client.post("/books/the-lamp-room/review/", {"rating": "5", "text": "Bright."})
    block(actor=library.author, user=library.reader)
    page = client.get("/books/the-lamp-room/1/").content.decode()
    assert 'id="comment-text"' not in page
    # Once for scripts, once without them: the sentence with which the service refuses.
    assert page.count("You cannot comment on this book.") == 2
    assert 'name="rating"' not in client.get("/books/the-lamp-room/").content.decode()


def test_those_who_work_on_a_book_are_offered_no_review_but_may_comment(library):
    client = signed_in(library.author)
    assert 'id="comment-text"' in client.get("/books/the-lamp-room/1/").content.decode()
    assert 'name="rating"' not in client.get("/books/the-lamp-room/").content.decode()


def test_following_changing_and_ending_a_subscription(library):
    client = signed_in(library.reader)
    for given, kept in (({"level": "all"}, "all"), ({"level": "chapters"}, "chapters")):
        client.post("/books/the-lamp-room/subscribe/", given)
        assert Subscription.objects.get().level == kept
    client.post("/books/the-lamp-room/subscribe/", {"unsubscribe": "1"})
    assert not Subscription.objects.exists()


def test_a_book_goes_on_a_shelf_and_off_again(library):
    client = signed_in(library.reader)
    client.post("/books/the-lamp-room/shelve/", {"shelf": "later"})
    assert ShelfEntry.objects.get().shelf == "later"
    assert "The Lamp Room" in client.get("/library/?shelf=later").content.decode()
    client.post("/books/the-lamp-room/shelve/", {"shelf": ""})
    assert not ShelfEntry.objects.exists()


def test_only_somebody_who_opened_a_chapter_is_offered_a_review(library):
    client = signed_in(library.reader)
    assert 'name="rating"' not in client.get("/books/the-lamp-room/").content.decode()
    client.get("/books/the-lamp-room/1/")
    assert 'name="rating"' in client.get("/books/the-lamp-room/").content.decode()
    client.post("/books/the-lamp-room/review/", {"rating": "5", "text": "Bright."})
    client.post("/books/the-lamp-room/review/", {"rating": "4", "text": "Bright, on second thought."})
    assert Review.objects.get().rating == 4


@pytest.mark.parametrize("rating", ["", "six", "9", "-1", "٣"])
def test_a_review_with_no_real_rating_is_refused(library, rating):
    open_chapter(actor=library.reader, chapter_id=library.chapters[0].pk)
    answer = signed_in(library.reader).post("/books/the-lamp-room/review/", {"rating": rating, "text": "?"})
    assert answer.status_code == 302
    assert not Review.objects.exists()


def queries_of(client, path, django_assert_max_num_queries, limit):
    with django_assert_max_num_queries(limit) as counted:
        assert client.get(path).status_code == 200
    return len(counted)


def test_queries_do_not_grow_with_chapters_and_comments(library, django_assert_max_num_queries):
    client = signed_in(library.reader)
    paths = ("/", "/books/", "/library/", "/books/the-lamp-room/", "/books/the-lamp-room/1/")
    for path in paths:
        client.get(path)
    post_comment(actor=library.reader, chapter_id=library.chapters[0].pk, text="First.")
    before = [queries_of(client, path, django_assert_max_num_queries, 40) for path in paths]
    for number in range(20):
        chapter = create_chapter(actor=library.author, book_id=library.book.pk, title=f"More {number}", text="So.")
        publish_chapter(actor=library.author, chapter_id=chapter.pk)
        post_comment(actor=library.reader, chapter_id=library.chapters[0].pk, text=f"Again {number}.")
    assert [queries_of(client, path, django_assert_max_num_queries, 40) for path in paths] == before


def test_comments_of_people_kept_away_are_folded_and_others_can_be_reported(library):
    troll = person("troll")
    chapter = library.chapters[0]
    said = post_comment(actor=troll, chapter_id=chapter.pk, text="Go away!")
    client = signed_in(library.reader)
    address = f"/books/{library.book.slug}/{chapter.number}/"
    shown = client.get(address).content.decode()
    assert "comment__away" not in shown
    assert f'href="/report/comment/{said.pk}/"' in shown
    mute(actor=library.reader, user=troll)
    shown = client.get(address).content.decode()
    assert f'away="{troll.pk}"' in shown
    assert '<details class="comment__away">' in shown
    assert "/report/" not in Client().get(address).content.decode()
