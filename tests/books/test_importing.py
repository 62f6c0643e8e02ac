import json
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from books.errors import BrokenFile
from books.importing.importer import import_book
from books.importing.manuscripts import read_manuscript, read_manuscripts
from books.models import Book, Chapter
from books.services.books import create_book
from books.services.releases import unpublish_chapter
from books.signals import book_updated, chapter_published, chapter_updated
from livrya.accounts.models import User
from livrya.kit.addresses import taken_words
from realtime.errors import ValidationFailed
from tests.books.library import book
from tests.livrya.accounts.people import person

MOBY_DICK = Path(__file__).parents[2] / "frontend" / "node_modules" / "@stdlib" / "datasets-moby-dick"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner():
    return User.objects.create_user("librarian-of-tests")


def book_file(folder: Path, **changes) -> Path:
    content = {
        "title": "The Ferry",
        "author": "Ada Lund",
        "licence": "CC0 1.0",
        "tags": ["Water"],
        "warnings": ["death"],
        "chapters": [
            {"volume": "Spring", "title": "Ice", "paragraphs": ["The river _moved_.", "***", "Nobody saw."]},
            {"title": "Mud", "paragraphs": ["One line\n   of verse,\n\nand another."]},
        ],
    } | changes
    file = folder / "ferry.json"
    file.write_text(json.dumps(content))
    return file


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


@pytest.mark.either_database
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "at line 1, column 2"),
        ("[]", "Expected object, got array"),
        ('{"title": "x"}', "missing required field author"),
        ('{"title": "x", "author": "y", "chapters": []}', "has no chapters"),
        (
            '{"title": "x", "author": "y", "chapters": [{"title": "a", "paragraphs": ["b", 3]}]}',
            "chapters[0].paragraphs[1]",
        ),
        ('{"title": "x", "author": "y", "chapters": [{"title": "a", "paragraphs": [" "]}]}', "no text, at chapters[0]"),
        (
            '{"title": "x", "author": "y", "chapters": [{"title": " ", "paragraphs": ["a"]}]}',
            "title is empty, at chapters[0]",
        ),
        ('{"title": "x", "author": "y", "chapters": [{"titel": "a", "paragraphs": []}]}', "titel"),
        (
            '{"title": "x", "author": "y", "warnings": ["Bees"], "chapters": [{"title": "a", "paragraphs": ["b"]}]}',
            "Bees",
        ),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe", "not UTF-8, at byte 0"),
        ('{"title": "x", "author": "\\ud800", "chapters": []}', "half a character or NUL, at author"),
        ('{"title": "x", "tags": ["a", "b\\u0000"]}', "half a character or NUL, at tags.1"),
        ('{"\\udfff": 1}', "half a character or NUL"),
        ('{"title": ' + "9" * 5_000 + "}", "a number is too long"),
    ],
)
def test_a_broken_file_is_one_sentence_that_names_the_file_and_the_place(tmp_path, content, sentence):
    file = tmp_path / "broken.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BrokenFile) as refusal:
        read_manuscript(file)
    assert str(file) in str(refusal.value)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_command_imports_nothing_when_one_of_its_files_is_broken(tmp_path):
    good = book_file(tmp_path)
    (tmp_path / "zzz.json").write_text("{")
    with pytest.raises(CommandError, match=r"zzz\.json"):
        call_command("import_books", tmp_path, stdout=StringIO())
    with pytest.raises(CommandError, match=r"No such file"):
        call_command("import_books", good, tmp_path / "missing.json", stdout=StringIO())
    assert not Book.objects.exists()


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


def test_the_command_says_what_it_did(tmp_path):
    file = book_file(tmp_path)
    said = StringIO()
    call_command("import_books", file, stdout=said)
    call_command("import_books", file, stdout=said)
    assert said.getvalue().splitlines() == [
        "The Ferry: 2 chapters, 11 words, new.",
        "The Ferry: 2 chapters, 11 words, unchanged.",
    ]


def test_the_command_refuses_an_owner_whom_nobody_knows(tmp_path):
    with pytest.raises(CommandError, match="nobody called ghost"):
        call_command("import_books", book_file(tmp_path), owner="ghost", stdout=StringIO())
    with pytest.raises(CommandError, match="nobody called"):
        call_command("import_books", book_file(tmp_path), owner="\udcff", stdout=StringIO())


@pytest.mark.skipif(not MOBY_DICK.exists(), reason="needs the front end's packages: make frontend")
def test_the_librarian_is_an_account_that_nobody_enters(tmp_path):
    call_command("import_books", book_file(tmp_path), stdout=StringIO())
    librarian = User.objects.get(username="librarian")
    assert (librarian.has_usable_password(), librarian.made_by) == (False, "import_books")
    call_command("import_books", book_file(tmp_path), stdout=StringIO())
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["librarian", "Librarian", "lib.rarian"])
def test_who_has_signed_up_as_the_librarian_gets_no_books(tmp_path, name):
    person(name)
    with pytest.raises(CommandError, match="--owner"):
        call_command("import_books", book_file(tmp_path), stdout=StringIO())
    assert not Book.objects.exists()


@pytest.mark.parametrize("word", sorted(taken_words("slug")))
def test_no_book_has_a_word_of_the_sites_addresses_for_its_slug(tmp_path, word):
    author = person("ada")
    assert create_book(actor=author, title=word.replace("-", " ")).slug not in taken_words("slug")
    with pytest.raises(ValidationFailed):
        create_book(actor=author, title="x", slug=word)


def test_every_word_beside_a_books_name_is_taken(client):
    """The desk of a book is never behind another page: what `/write/` has is what no book is called."""
    client.force_login(author := person("ada"))
    for word in taken_words("slug"):
        made = create_book(actor=author, title=word)
        answer = client.get(f"/write/{made.slug}/")
        assert (answer.status_code, answer.context["book"]) == (200, made)


def test_a_book_of_before_gets_a_slug_under_which_its_desk_is_found():
    older = [book() for _ in range(2)]
    for made, slug in zip(older, ("new", "new-2"), strict=True):
        Book.objects.filter(pk=made.pk).update(slug=slug)
    migration = import_module("books.migrations.0003_slugs_of_the_site")
    migration.rename(apps, SimpleNamespace(connection=connection))
    assert [Book.objects.get(pk=made.pk).slug for made in older] == ["new-3", "new-2"]


def test_moby_dick_comes_whole_from_its_package_and_twice_without_change():
    said = StringIO()
    call_command("import_books", MOBY_DICK, stdout=said)
    call_command("import_books", MOBY_DICK, stdout=said)
    assert said.getvalue().splitlines() == [
        "Moby-Dick; or, The Whale: 138 chapters, 211,337 words, new.",
        "Moby-Dick; or, The Whale: 138 chapters, 211,337 words, unchanged.",
    ]
    book = Book.objects.get()
    assert (book.published_count, book.word_count) == (138, 211_337)
    titles = list(Chapter.objects.order_by("number").values_list("title", flat=True))
    assert titles[:3] == ["Etymology", "Extracts", "Chapter 1. Loomings."]
    assert titles[-1] == "Epilogue"


@pytest.mark.either_database
def test_asterisks_of_a_plain_text_stay_asterisks(tmp_path):
    from books.text import render

    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "file_list.json").write_text('["chapter_1.txt"]')
    text = "the deep.*\n\n*The sperm whale, [as] it_is_"
    (folder / "chapter_1.json").write_text(json.dumps({"chapter": "1", "title": "Loomings.", "text": text}))
    (book,) = read_manuscripts(tmp_path)
    assert render(book.chapters[0].text) == ["<p>the deep.*</p>", "<p>*The sperm whale, [as] it_is_</p>"]
