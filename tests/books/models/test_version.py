"""A version says of itself what it is."""

import pytest
from django.db import IntegrityError

from books.models import Version, VersionKind
from tests.books.library import book, draft

pytestmark = pytest.mark.django_db


def version(kind: VersionKind, name: str) -> Version:
    fields = {"text": "", "digest": "", "size": 0, "word_count": 0}
    return Version.objects.create(chapter=draft(book()), kind=kind, name=name, **fields)


def test_a_version_is_called_by_its_name_or_by_why_it_was_kept() -> None:
    assert str(version(VersionKind.NAMED, "Before the storm")) == "Before the storm"
    assert str(version(VersionKind.PUBLISHING, "")).startswith("Before publishing, 20")


@pytest.mark.parametrize(("kind", "name"), [(VersionKind.NAMED, ""), (VersionKind.AUTOMATIC, "A name")])
def test_the_named_ones_have_names_and_no_others(kind: VersionKind, name: str) -> None:
    with pytest.raises(IntegrityError):
        version(kind, name)
