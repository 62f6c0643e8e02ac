import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from books.models import Book, ContentWarning, Credit, Right
from books.selectors.books import books_worked_on, get_book, listed_books, visible_books
from books.services import checking
from books.services.books import create_book, delete_book, hide_book, restore_book, set_cover, update_book
from realtime.errors import Conflict, Forbidden, NotFound, TooLarge, Unauthenticated, ValidationFailed
from tests.books.library import author_of, book, chapter, draft, somebody, worker_on

pytestmark = pytest.mark.django_db


def test_whoever_makes_a_book_is_its_author_with_all_rights():
    author = somebody()
    made = create_book(
        actor=author, title="  The\n Whale ", tags=["Sea", "sea", "Whales"], warnings=ContentWarning.DEATH
    )
    credit = Credit.objects.get(book=made)
    assert (credit.user, credit.kind, credit.rights) == (author, "author", sum(Right))
    assert made.title == "The Whale"
    assert made.slug == "the-whale"
    assert sorted(tag.name for tag in made.tags.all()) == ["Sea", "Whales"]
    assert made.content_warnings == [ContentWarning.DEATH]


def test_tags_are_counted_before_they_are_cleaned(monkeypatch):
    """The desk's form has room for millions, and everybody waits while a book is locked."""
    cleaned = []
    line = checking.line
    monkeypatch.setattr(
        checking, "line", lambda field, value, **bounds: cleaned.append(field) or line(field, value, **bounds)
    )
    made = book()
    with pytest.raises(ValidationFailed):
        update_book(actor=author_of(made), book_id=made.pk, tags=["a"] * 100_000)
    assert "tags" not in cleaned


def test_addresses_are_made_unique_and_work_for_any_script():
    assert [book().slug for _ in range(3)] == ["the-whale", "the-whale-2", "the-whale-3"]
    assert book(title="白鯨").slug.startswith("book-")
    with pytest.raises(Conflict):
        book(slug="the-whale")
    with pytest.raises(ValidationFailed):
        book(slug="Not A Slug")


def test_nobody_makes_books_for_others_and_nobody_makes_none():
    with pytest.raises(Unauthenticated):
        create_book(actor=somebody(), author=somebody(), title="x")
    with pytest.raises(Unauthenticated):
        create_book(actor=None, title="x")
    assert author_of(create_book(actor=None, author=(owner := somebody()), title="x")) == owner


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("title", "x" * 201),
        ("blurb", "x" * 1_251),
        ("language", "english please"),
        ("rating", "nice"),
        ("warnings", 1 << 20),
        ("warnings", -1),
        ("visibility", "secret"),
        ("tags", ["x" * 51]),
        ("tags", [f"tag {number}" for number in range(76)]),
        ("tags", [" "]),
    ],
)
def test_what_does_not_fit_is_refused_and_names_its_field(field, value):
    made = book()
    with pytest.raises(ValidationFailed) as refused:
        update_book(actor=author_of(made), book_id=made.pk, **{field: value})
    assert list(refused.value.details["fields"]) == [field]


def test_characters_that_no_database_stores_are_taken_out():
    assert book(title="a\x00b\ud800c").title == "abc"


def test_describing_and_tagging_are_rights_of_their_own():
    made = book()
    tagger = worker_on(made, rights=Right.CHANGE_TAGS)
    update_book(actor=tagger, book_id=made.pk, tags=["Sea"])
    with pytest.raises(Forbidden):
        update_book(actor=tagger, book_id=made.pk, title="Mine")
    writer = worker_on(made, rights=Right.EDIT_INFO)
    update_book(actor=writer, book_id=made.pk, blurb="A hunt.")
    with pytest.raises(Forbidden):
        update_book(actor=writer, book_id=made.pk, tags=[])
    with pytest.raises(Forbidden):
        update_book(actor=somebody(), book_id=made.pk, blurb="x")


def test_a_private_book_is_not_there_for_strangers():
    made = book(visibility="private")
    stranger = somebody()
    assert made not in visible_books(stranger)
    assert made not in visible_books(None)
    assert made in visible_books(author_of(made))
    assert made in visible_books(somebody(is_staff=True, is_superuser=True))
    with pytest.raises(NotFound):
        get_book(stranger, slug=made.slug)
    with pytest.raises(NotFound):
        update_book(actor=stranger, book_id=made.pk, title="x")


def test_a_hidden_book_is_seen_by_its_people_alone():
    made = book()
    with pytest.raises(Forbidden):
        hide_book(actor=author_of(made), book_id=made.pk)
    staff = somebody(is_staff=True, is_superuser=True)
    hide_book(actor=staff, book_id=made.pk)
    assert made not in visible_books(somebody())
    assert made in visible_books(author_of(made))
    restore_book(actor=staff, book_id=made.pk)
    assert made in visible_books(None)


def test_only_who_may_delete_deletes_a_book_with_all_that_is_in_it():
    made = book()
    draft(made)
    with pytest.raises(Forbidden):
        delete_book(actor=worker_on(made, "co_author"), book_id=made.pk)
    delete_book(actor=author_of(made), book_id=made.pk)
    assert not Book.objects.exists()


def picture(width: int = 900, height: int = 1200, format: str = "PNG") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(written, format)
    return SimpleUploadedFile("any name.exe", written.getvalue())


def test_a_cover_is_written_anew_and_the_old_one_goes(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    made = book()
    author = author_of(made)
    set_cover(actor=author, book_id=made.pk, upload=picture())
    made.refresh_from_db()
    first = made.cover.path
    with Image.open(first) as cover:
        assert (cover.format, cover.size) == ("WEBP", (800, 1200))
    with django_capture_on_commit_callbacks(execute=True):
        set_cover(actor=author, book_id=made.pk, upload=None)
    assert not list(tmp_path.rglob("*.webp"))


def test_what_is_no_picture_is_refused(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = book()
    with pytest.raises(ValidationFailed):
        set_cover(actor=author_of(made), book_id=made.pk, upload=SimpleUploadedFile("x.png", b"not a picture"))
    with pytest.raises(TooLarge):
        set_cover(actor=author_of(made), book_id=made.pk, upload=picture(10_000, 4_001))
    with pytest.raises(Forbidden):
        set_cover(actor=somebody(), book_id=made.pk, upload=picture())


def test_books_are_found_by_words_tags_warnings_rating_and_language():
    whale = book(title="The Whale", tags=["Sea"], warnings=ContentWarning.DEATH, byline="Herman Melville")
    manners = book(title="Manners", tags=["Town"], rating="teen", language="fr")
    empty = book(title="Nothing yet")
    chapter(whale)
    chapter(manners)
    assert list(listed_books(None)) == [manners, whale]
    assert list(listed_books(None, text="melville whale")) == [whale]
    assert list(listed_books(None, text=author_of(manners).username)) == [manners]
    assert list(listed_books(None, tags=["sea"])) == [whale]
    assert list(listed_books(None, without_tags=["sea"])) == [manners]
    assert list(listed_books(None, without_warnings=ContentWarning.DEATH | ContentWarning.ABUSE)) == [manners]
    assert list(listed_books(None, ratings=["teen"])) == [manners]
    assert list(listed_books(None, language="fr")) == [manners]
    assert list(listed_books(None, order="title")) == [manners, whale]
    assert list(listed_books(None, text="\0'%_\\")) == []
    assert empty in books_worked_on(author_of(empty))


def test_what_a_book_warns_of_is_said_in_words_and_its_stars_are_a_mean():
    made = book(warnings=ContentWarning.SELF_HARM | ContentWarning.DEATH)
    assert [warning.label for warning in made.content_warnings] == ["Death", "Self harm"]
    assert made.average_rating is None
    made.review_count, made.rating_sum = 3, 14
    assert made.average_rating == 4.67
