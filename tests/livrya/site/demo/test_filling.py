from pathlib import Path

import pytest

from books.models import Book, Chapter, Comment, Credit, ReadingProgress, Review, Subscription
from livrya.accounts.models import Follow, User
from livrya.site.demo.data import people
from livrya.site.demo.filling import fill_library
from realtime.errors import Conflict
from realtime.models import Event
from social.models import Group, Message
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db(transaction=True)

NOWHERE = Path("/nonexistent")
COUNTED = (User, Follow, Book, Chapter, Credit, Subscription, Comment, Review, ReadingProgress, Group, Message, Event)


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def fill() -> None:
    fill_library(password="paper-ink-rubric", moby_dick=NOWHERE, note=lambda sentence: None)


def test_the_demo_library_has_people_who_write_read_and_talk():
    fill()
    assert User.objects.count() == len(people())
    agnes = User.objects.get(username="agnes")
    assert agnes.is_superuser
    assert agnes.check_password("paper-ink-rubric")
    for book in Book.objects.all():
        assert book.published_count >= 3
        assert book.subscriber_count >= 2
        assert Comment.objects.filter(chapter__book=book).exists()
    assert not Credit.objects.filter(accepted_at=None).exists()
    for group in Group.objects.all():
        assert (group.member_count, group.last_number) >= (6, 7)
        assert group.messages.exclude(reply_to=None).exists()
    assert Chapter.objects.filter(state="scheduled").count() == 1


def test_filling_again_adds_nothing_and_tells_nobody():
    fill()
    before = [model.objects.count() for model in COUNTED]
    fill()
    assert [model.objects.count() for model in COUNTED] == before


def test_what_was_removed_by_hand_comes_back_and_what_was_changed_stays():
    fill()
    Comment.objects.filter(chapter__book__title="The Lamp Room", author__username="ben").delete()
    ines = User.objects.get(username="ines")
    ines.set_password("a-word-of-her-own")
    ines.save()
    fill()
    assert Comment.objects.filter(chapter__book__title="The Lamp Room", author__username="ben").count() == 1
    assert User.objects.get(username="ines").check_password("a-word-of-her-own")


def test_an_account_that_the_demo_did_not_make_is_left_alone():
    person("Ag.nes")
    with pytest.raises(Conflict):
        fill()
    User.objects.all().delete()
    person("agnes")
    with pytest.raises(Conflict):
        fill()
    agnes = User.objects.get()
    agnes.set_password("paper-ink-rubric")  # one of a demo before this was noted
    agnes.save()
    fill()
    assert User.objects.get(pk=agnes.pk).made_by == "demo"
