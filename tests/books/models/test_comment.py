"""A comment by itself: when it is seen, and what the database refuses."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from books import limits
from books.models import Comment, Reaction
from tests.books.library import book, chapter, comment, somebody

pytestmark = pytest.mark.django_db


def test_what_is_deleted_or_hidden_is_not_seen() -> None:
    now = timezone.now()
    assert Comment().is_visible
    assert not Comment(deleted_at=now).is_visible
    assert not Comment(hidden_at=now).is_visible
    assert str(Comment(text="x" * 100)) == "x" * 50


def test_only_a_deleted_one_says_nothing_and_none_lies_deeper_than_answers_go() -> None:
    out, author = chapter(book()), somebody()
    Comment.objects.create(chapter=out, author=author, deleted_at=timezone.now())
    for wrong in ({"text": ""}, {"text": "x", "depth": limits.REPLY_DEPTH}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(chapter=out, author=author, **wrong)


def test_somebody_reacts_once_in_each_known_way() -> None:
    said, fan = comment(chapter(book())), somebody()
    for kind in ("like", "love"):
        Reaction.objects.create(comment=said, user=fan, kind=kind)
    for kind in ("like", "frown"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.create(comment=said, user=fan, kind=kind)
