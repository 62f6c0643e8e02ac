"""No book has a word of the site's own addresses for its name there."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from books.models import Book
from books.services.books import create_book
from livrya.kit.addresses import taken_words
from realtime.errors import ValidationFailed
from tests.books.library import book
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("word", sorted(taken_words("slug")))
def test_no_book_has_a_word_of_the_sites_addresses_for_its_slug(word):
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
