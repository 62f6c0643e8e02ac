"""What the cast shares."""

import itertools

import pytest

from books.models import Chapter
from books.services.releases import publish_chapter
from livrya.accounts.models import User
from livrya.site.demo.cast import stage as stages
from livrya.site.demo.cast.stage import READERS, WRITTEN_LIVE, Stage
from livrya.site.demo.data import serials
from realtime.errors import NotFound
from tests.livrya.site.demo.library import library

__all__ = ["library"]

pytestmark = [pytest.mark.django_db, pytest.mark.either_database]


def test_the_cards_are_written_anew_when_all_of_them_are_out(library):
    stage = Stage.set_up("ws://localhost:1/ws/", print)
    for _ in range(25):
        card = stage.prepare_card()
        card.state, card.published_at = "published", card.created_at
        card.save()
    serial = serials()[WRITTEN_LIVE]
    assert Chapter.objects.filter(book=library).count() == len(serial.book.chapters) + len(serial.waiting)


def set_up() -> Stage:
    return Stage.set_up("ws://localhost:1/ws/", print)


def test_the_world_is_read_as_it_is_and_nothing_happens_where_it_is_not(library):
    stage = set_up()
    assert (stage.book, [str(reader) for reader in stage.readers]) == (library, list(READERS))
    out = Chapter.objects.filter(book=library, state="published").order_by("number")
    assert stage.to_discuss == [chapter.pk for chapter in out]
    assert stage.circles == {}  # not all of their people are here
    User.objects.filter(username=READERS[0]).delete()
    with pytest.raises(NotFound, match=r"manage\.py demo"):
        set_up()


def test_a_card_that_waits_is_gone_on_with_and_one_that_is_out_is_written_anew(library):
    stage = set_up()
    stage.cards = itertools.cycle([next(stage.cards)])
    card = stage.prepare_card()
    assert stage.prepare_card() == card
    publish_chapter(actor=stage.author, chapter_id=card.pk, silent=True)
    stage.to_discuss.append(card.pk)
    again = stage.prepare_card()
    assert again.pk != card.pk
    assert (again.title, again.is_published) == (card.title, False)
    assert card.pk not in stage.to_discuss
    assert not Chapter.objects.filter(pk=card.pk).exists()


def test_everything_is_said_once_before_anything_is_said_again(library):
    stage = set_up()
    for about in ("lines", "chat"):
        first = stage.line(about)
        said = {first, *(stage.line(about) for _ in range(len(stage._unsaid[about])))}
        assert stage._unsaid[about] == []
        assert stage.line(about) in said
        assert len(said) > 10


async def test_haste_shortens_every_pause(library, monkeypatch):
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(stages.asyncio, "sleep", sleep)
    stage = Stage("", print, User(), [], library, iter(()), [], [], {}, haste=10)
    await stage.pause(2, 2)
    assert waited == [0.2]


async def test_a_member_goes_to_the_door_of_its_namespace(library):
    stage = Stage("ws://localhost:1/ws/", print, User(username="ada"), [], library, iter(()), [], [], {})
    for namespace, address in (("", "ws://localhost:1/ws/"), ("social", "ws://localhost:1/ws/social/")):
        member = stage.member(stage.author, namespace)
        assert (member.name, member._address) == ("ada", address)
