"""`manage.py import_books`: what it says, and whose the books are."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from books.models import Book, Chapter
from livrya.accounts.models import User
from tests.books.importing.files import book_file
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db(transaction=True)

MOBY_DICK = Path(__file__).parents[4] / "frontend" / "node_modules" / "@stdlib" / "datasets-moby-dick"


def test_the_command_imports_nothing_when_one_of_its_files_is_broken(tmp_path):
    good = book_file(tmp_path)
    (tmp_path / "zzz.json").write_text("{")
    with pytest.raises(CommandError, match=r"zzz\.json"):
        call_command("import_books", tmp_path, stdout=StringIO())
    with pytest.raises(CommandError, match=r"No such file"):
        call_command("import_books", good, tmp_path / "missing.json", stdout=StringIO())
    assert not Book.objects.exists()


def said_of_twice(path: Path) -> list[str]:
    """Returns what the command says of one import after the other."""
    said = StringIO()
    for _ in range(2):
        call_command("import_books", path, stdout=said)
    return said.getvalue().splitlines()


def test_the_command_says_what_it_did(tmp_path):
    assert said_of_twice(book_file(tmp_path)) == [
        "The Ferry: 2 chapters, 11 words, new.",
        "The Ferry: 2 chapters, 11 words, unchanged.",
    ]


def test_the_command_refuses_an_owner_whom_nobody_knows(tmp_path):
    with pytest.raises(CommandError, match="nobody called ghost"):
        call_command("import_books", book_file(tmp_path), owner="ghost", stdout=StringIO())
    with pytest.raises(CommandError, match="nobody called"):
        call_command("import_books", book_file(tmp_path), owner="\udcff", stdout=StringIO())


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


@pytest.mark.skipif(not MOBY_DICK.exists(), reason="needs the front end's packages: make frontend")
def test_moby_dick_comes_whole_from_its_package_and_twice_without_change():
    assert said_of_twice(MOBY_DICK) == [
        "Moby-Dick; or, The Whale: 138 chapters, 211,337 words, new.",
        "Moby-Dick; or, The Whale: 138 chapters, 211,337 words, unchanged.",
    ]
    book = Book.objects.get()
    assert (book.published_count, book.word_count) == (138, 211_337)
    titles = list(Chapter.objects.order_by("number").values_list("title", flat=True))
    assert titles[:3] == ["Etymology", "Extracts", "Chapter 1. Loomings."]
    assert titles[-1] == "Epilogue"
