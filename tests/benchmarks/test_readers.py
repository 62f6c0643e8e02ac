"""The people for benchmarks of the product: that they are what they stand for."""

import pytest
from django_tasks_db.models import DBTaskResult

from benchmarks import readers
from books.events import ChapterRoom
from books.models import Chapter, Subscription
from books.namespaces import auto_rooms
from livrya.accounts.models import User
from livrya.accounts.sockets import SocketAuthenticator
from realtime.rooms import authorise

pytestmark = pytest.mark.django_db


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(readers, "READERS", 3)
    monkeypatch.setattr(readers, "BOOKS", 20)
    return readers.settle()


def test_readers_are_signed_in_by_their_tokens_and_have_ten_subscriptions_each(tokens: list[str]) -> None:
    identities = [SocketAuthenticator().from_token(token) for token in tokens]
    assert [identity.username for identity in identities] == ["reader0", "reader1", "reader2"]
    for identity in identities:
        assert Subscription.objects.filter(user_id=identity.user_id).count() == readers.SUBSCRIPTIONS
        assert len(auto_rooms(identity)) == 2 + readers.SUBSCRIPTIONS


def test_readers_may_enter_every_chapter_and_nothing_is_left_to_be_done(tokens: list[str]) -> None:
    identity = SocketAuthenticator().from_token(tokens[0])
    rooms = [ChapterRoom(chapter.pk) for chapter in Chapter.objects.all()]
    assert len(rooms) == 20
    assert all(authorise(identity, rooms).values())
    assert not DBTaskResult.objects.exists()
    assert User.objects.get(pk=identity.user_id).is_active


def test_hardly_two_readers_follow_the_same_books() -> None:
    followed = [tuple(readers.subscribed(number)) for number in range(readers.READERS)]
    assert all(len(set(books)) == readers.SUBSCRIPTIONS for books in followed)
    assert len(set(followed)) >= 400
