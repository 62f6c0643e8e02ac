"""What the cast needs of the demo library."""

import pytest

from books.importing.importer import import_book
from livrya.accounts.models import User
from livrya.site.demo.cast.stage import READERS, WRITTEN_LIVE
from livrya.site.demo.data import serials


@pytest.fixture
def library():
    """What the cast needs of the demo library: its people, and the book that is written live."""
    serial = serials()[WRITTEN_LIVE]
    author = User.objects.create_user(serial.credits[0].username)
    for name in READERS:
        User.objects.create_user(name)
    return import_book(serial.book, owner=author).book
