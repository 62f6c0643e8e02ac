"""Bringing the library to what a manuscript says."""

import pytest

from books.errors import BrokenFile
from books.importing.importer import import_book
from books.importing.manuscripts import read_manuscript
from books.models import Book, Chapter
from books.services.releases import unpublish_chapter
from books.signals import book_updated, chapter_published, chapter_updated
from livrya.accounts.models import User
from tests.books.importing.files import book_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner():
    return User.objects.create_user("librarian-of-tests")


@pytest.fixture
def heard():
    """Counts the facts that were declared."""
    counts: dict[str, int] = {}

    def listen(name):
        def receive(sender, **kwargs):
            counts[name] = counts.get(name, 0) + 1

        return receive

    receivers = [
        (signal, listen(name))
        for name, signal in [
            ("published", chapter_published),
            ("changed", chapter_updated),
            ("described", book_updated),
        ]
    ]
    for signal, receive in receivers:
        signal.connect(receive)
    yield counts
    for signal, receive in receivers:
        signal.disconnect(receive)


def test_a_book_is_imported_with_volumes_and_words_and_comes_out_silently(tmp_path, owner, heard):
    outcome = import_book(read_manuscript(book_file(tmp_path)), owner=owner)

    assert (outcome.created, outcome.added, outcome.changed) == (True, 2, 0)
    book = Book.objects.get()
    assert (book.title, book.byline, book.licence) == ("The Ferry", "Ada Lund", "CC0 1.0")
    assert [tag.name for tag in book.tags.all()] == ["Water"]
    assert [warning.name for warning in book.content_warnings] == ["DEATH"]
    assert (book.published_count, book.word_count) == (2, 11)
    ice, mud = Chapter.objects.order_by("number")
    assert (ice.volume, ice.title, ice.text) == ("Spring", "Ice", "The river _moved_.\n\n***\n\nNobody saw.")
    assert mud.text == "One line\nof verse,\nand another."
    assert ice.silent
    assert heard == {"published": 2}


def test_importing_again_changes_nothing_and_tells_nobody(tmp_path, owner, heard):
    manuscript = read_manuscript(book_file(tmp_path))
    import_book(manuscript, owner=owner)
    before = list(Chapter.objects.values_list("pk", "version", "updated_at"))
    heard.clear()

    outcome = import_book(manuscript, owner=owner)

    assert outcome.is_unchanged
    assert list(Chapter.objects.values_list("pk", "version", "updated_at")) == before
    assert heard == {}


def test_importing_a_changed_file_changes_only_what_differs(tmp_path, owner, heard):
    import_book(read_manuscript(book_file(tmp_path)), owner=owner)
    heard.clear()
    chapters = [
        {"volume": "Spring", "title": "Ice", "paragraphs": ["The river _moved_.", "***", "Nobody saw."]},
        {"title": "Silt", "paragraphs": ["One line\nof verse,\nand another."]},
        {"title": "Reeds", "paragraphs": ["More."]},
    ]
    outcome = import_book(read_manuscript(book_file(tmp_path, blurb="A ferry.", chapters=chapters)), owner=owner)

    assert (outcome.created, outcome.added, outcome.changed) == (False, 1, 1)
    assert list(Chapter.objects.order_by("number").values_list("title", "version")) == [
        ("Ice", 1),
        ("Silt", 2),
        ("Reeds", 1),
    ]
    assert heard == {"described": 1, "changed": 1, "published": 1}


def test_a_title_without_latin_letters_can_be_given_an_address(tmp_path, owner):
    manuscript = read_manuscript(book_file(tmp_path, title="雨の図書館", slug="the-rain-library"))
    import_book(manuscript, owner=owner)
    assert import_book(manuscript, owner=owner).is_unchanged
    assert Book.objects.get().slug == "the-rain-library"


def test_a_chapter_that_was_taken_back_stays_so(tmp_path, owner):
    manuscript = read_manuscript(book_file(tmp_path))
    import_book(manuscript, owner=owner)
    unpublish_chapter(actor=None, chapter_id=Chapter.objects.get(number=1).pk)
    assert import_book(manuscript, owner=owner).is_unchanged
    assert not Chapter.objects.get(number=1).is_published


def test_an_interrupted_import_goes_on_where_it_was(tmp_path, owner):
    manuscript = read_manuscript(book_file(tmp_path))

    def interrupt(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_book(manuscript, owner=owner, report=interrupt)
    assert Book.objects.get().published_count == 1
    assert import_book(manuscript, owner=owner).added == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"language": "??"}, "The Ferry, language: A language tag such as en or pt-BR, please."),
        ({"title": "x" * 201}, "x" * 60 + ", title: At most 200 characters, please."),
        (
            {"chapters": [{"title": "a", "paragraphs": ["b"]}, {"title": "c" * 201, "paragraphs": ["d"]}]},
            "The Ferry, chapters[1], title: At most 200 characters, please.",
        ),
    ],
)
def test_a_value_that_the_library_does_not_take_is_one_sentence_with_its_place(tmp_path, owner, changes, sentence):
    with pytest.raises(BrokenFile) as refusal:
        import_book(read_manuscript(book_file(tmp_path, **changes)), owner=owner)
    assert str(refusal.value) == sentence
