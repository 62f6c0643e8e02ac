"""Who wrote what of a draft."""

import pytest

from books.models import Right
from books.services.authorship import who_wrote
from books.services.versions import name_version, restore_version
from realtime.errors import Forbidden
from realtime.models import DocumentWriter
from tests.books.library import TEXT, author_of, book, draft, worker_on
from tests.books.test_drafts import in_draft, said, type_in_draft

pytestmark = pytest.mark.django_db(transaction=True)


def words(chapter_id: int) -> list[tuple[int | None, str]]:
    return [tuple(words) for one in who_wrote(actor=None, chapter_id=chapter_id) for words in one.words]  # type: ignore[misc]  # pairs


def type_as(user_id: int, chapter_id: int, text: str) -> None:
    """Lets the words that the next change brings be somebody's."""
    in_draft(chapter_id)
    known = set(DocumentWriter.objects.values_list("client_id", flat=True))
    type_in_draft(chapter_id, lambda blocks: [*blocks, said(text)])
    DocumentWriter.objects.exclude(client_id__in=known).update(user_id=user_id)


def test_words_are_whose_client_wrote_them_and_nobodys_where_they_came_past_the_studio() -> None:
    held = draft(book())
    assert words(held.pk) == []
    type_as(7, held.pk, "Seven.")
    type_as(8, held.pk, "Eight.")
    assert words(held.pk) == [*((None, text) for text in TEXT.split("\n\n")), (7, "Seven."), (8, "Eight.")]


def test_what_is_restored_anew_is_nobodys_and_what_stayed_is_still_its_writers() -> None:
    held = draft(book())
    type_as(7, held.pk, "Seven.")
    version = name_version(actor=None, chapter_id=held.pk, name="One")
    type_in_draft(held.pk, lambda blocks: blocks[1:])
    restore_version(actor=None, version_id=version.pk)
    assert words(held.pk)[-1] == (7, "Seven.")
    assert words(held.pk)[0] == (None, TEXT.split("\n\n")[0])


def test_it_is_for_those_who_may_change_the_chapter() -> None:
    held = draft(book())
    with pytest.raises(Forbidden):
        who_wrote(actor=worker_on(held.book, "beta", rights=Right.VIEW_DASHBOARD), chapter_id=held.pk)
    assert who_wrote(actor=author_of(held.book), chapter_id=held.pk) == []
