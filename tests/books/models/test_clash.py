"""A clash has words, and is of a kind that there is."""

import pytest
from django.db import IntegrityError

from books.models import Clash, ClashKind
from realtime import documents
from tests.books.library import book, draft

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("wrong", [{"words": ""}, {"kind": "other"}])
def test_nothing_else_is_kept(wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError):
        Clash.objects.create(
            **{"chapter": draft(book()), "kind": "doubled", "words": "x", "client_id": 1, "clock": 1} | wrong
        )


def test_the_kinds_are_those_that_the_engine_tells() -> None:
    assert set(ClashKind.values) == {kind.value for kind in documents.ClashKind}
