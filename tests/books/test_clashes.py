"""Words that merging a draft has lost or doubled: kept with their author and place, listed and settled."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pycrdt
import pytest
from asgiref.sync import sync_to_async as made
from django.utils import timezone

import realtime
from books import signals
from books.drafting.blocks import Block, Span
from books.drafting.changing import change
from books.drafting.content import blocks_of
from books.models import Chapter, Clash, Right
from books.selectors.clashes import MOST_SHOWN, open_clashes
from books.services.chapters import update_chapter
from books.services.clashes import keep_clashes, prune, settle_clash
from books.services.releases import publish_chapter
from livrya.accounts.models import User
from realtime.documents import Clash as Told
from realtime.documents import Clashed, ClashKind
from realtime.documents.letters import Stretch
from realtime.errors import Forbidden, NotFound
from realtime.models import Event
from tests.books.library import TEXT, author_of, book, draft, somebody, worker_on
from tests.books.test_drafting import Desk, Write, hub, write
from tests.livrya.staff import acts_of, staff

__all__ = ["hub", "write"]

pytestmark = pytest.mark.django_db(transaction=True)


def told(words: str, author: User | None = None, at: int = 0, before: str = "Call me ") -> Clashed:
    stretch = Stretch(7, at, at + len(words))
    return Clashed(Told(ClashKind.SWALLOWED, stretch, words, before), author.pk if author else None)


def kept(chapter: Chapter, *found: Clashed) -> list[Clash]:
    with realtime.atomic():
        keep_clashes(chapter.pk, found)
    return list(Clash.objects.filter(chapter=chapter).order_by("pk"))


def test_words_are_kept_with_who_wrote_them_and_where() -> None:
    held = draft(book())
    author = author_of(held.book)
    [clash] = kept(held, told("now \0then", author))
    assert (clash.author, clash.words, clash.before, clash.after) == (author, "now then", "Call me ", "")
    assert str(clash) == "now then"
    [event] = Event.objects.filter(type="draft:clash")
    assert event.room == f"draft:{held.pk}"
    assert "now" not in event.payload, "words of a draft are not left in the log"


def test_white_space_is_no_word() -> None:
    assert kept(draft(book()), told(" \0\n")) == []


def test_what_is_typed_on_in_the_same_place_is_one_clash_until_it_is_settled() -> None:
    held = draft(book())
    author = author_of(held.book)
    kept(held, told("n", author))
    kept(held, told("ow", author, at=1, before="Call me n"))
    [clash] = kept(held, told("x", author, at=9, before="Call me now"), told("y", author, at=3, before="elsewhere"))[:1]
    assert clash.words == "now"
    assert Clash.objects.count() == 3
    settle_clash(actor=author, chapter_id=held.pk, clash_id=clash.pk)
    kept(held, told(" then", author, at=3, before="Call me now"))
    assert Clash.objects.count() == 4


def test_what_is_rolled_back_is_not_kept() -> None:
    held = draft(book())
    with pytest.raises(RuntimeError), realtime.atomic():
        keep_clashes(held.pk, [told("now")])
        raise RuntimeError
    assert not Clash.objects.exists()


def test_one_of_several_settles_it() -> None:
    held = draft(book())
    author, other = author_of(held.book), worker_on(held.book)
    [clash] = kept(held, told("now", author))
    settled: list[Clash] = []
    signals.clash_settled.connect(lambda clash, **_: settled.append(clash), weak=False, dispatch_uid="test")
    try:
        assert settle_clash(actor=other, chapter_id=held.pk, clash_id=clash.pk)
        assert not settle_clash(actor=author, chapter_id=held.pk, clash_id=clash.pk)
    finally:
        signals.clash_settled.disconnect(dispatch_uid="test")
    assert [one.settled_by for one in settled] == [other]
    assert list(open_clashes(author, held)) == []


def test_those_who_may_write_the_draft_see_and_settle() -> None:
    held = draft(book())
    helper, stranger = worker_on(held.book, rights=Right.EDIT_DRAFTS), somebody()
    [clash] = kept(held, told("now", helper))
    assert list(open_clashes(helper, held)) == [clash]
    with pytest.raises(Forbidden):
        open_clashes(stranger, held)
    with pytest.raises(NotFound):
        settle_clash(actor=stranger, chapter_id=held.pk, clash_id=clash.pk)
    publish_chapter(actor=None, chapter_id=held.pk, silent=True)
    held.refresh_from_db()
    with pytest.raises(Forbidden):
        open_clashes(helper, held)
    with pytest.raises(Forbidden):
        settle_clash(actor=helper, chapter_id=held.pk, clash_id=clash.pk)


def test_a_clash_is_settled_in_its_own_chapter() -> None:
    held = draft(book())
    [clash] = kept(held, told("now"))
    author = author_of(held.book)
    assert not settle_clash(actor=author, chapter_id=draft(held.book).pk, clash_id=clash.pk)
    assert list(open_clashes(author, held)) == [clash]


def test_what_staff_settle_is_written_down() -> None:
    held = draft(book())
    [clash] = kept(held, told("now"))
    able = staff("books.change_chapter")
    settle_clash(actor=able, chapter_id=held.pk, clash_id=clash.pk)
    assert acts_of(able) == [("clash:settle", f"chapter:{held.pk}")]


def test_the_oldest_are_shown_first_and_not_all() -> None:
    held = draft(book())
    found = kept(held, *(told(f"word{number}", at=100 * number, before="") for number in range(MOST_SHOWN + 1)))
    assert list(open_clashes(author_of(held.book), held)) == found[:MOST_SHOWN]


def test_what_was_settled_long_ago_goes() -> None:
    held = draft(book())
    old, recent, waiting = kept(held, *(told(word, at=at, before="") for at, word in ((0, "a"), (9, "b"), (19, "c"))))
    for clash, days in ((old, 31), (recent, 29)):
        Clash.objects.filter(pk=clash.pk).update(settled_at=timezone.now() - timedelta(days=days))
    assert prune() == 1
    assert list(Clash.objects.order_by("pk")) == [recent, waiting]


async def sent(desk: Desk, act: Any) -> bytes:
    """Returns what the act changes in somebody's copy, not sent."""
    before = desk.doc.get_state()
    act(desk.doc)
    return desk.doc.get_update(before)


def type_now(doc: pycrdt.Doc[Any]) -> None:
    doc["text"].children[1].children[0].insert(5, "now ")


def join(doc: pycrdt.Doc[Any]) -> None:
    first, second = blocks_of(doc)
    words = "".join(one.text for block in (first, second) for one in block.inlines if isinstance(one, Span))
    change(doc, [Block((Span(words),), id=first.id)])


@pytest.mark.parametrize("joins_first", [True, False])
async def test_words_typed_into_a_paragraph_that_another_joins_are_offered_back(
    write: Write, joins_first: bool
) -> None:
    held = await made(lambda: draft(book()))()
    author, other = await made(author_of)(held.book), await made(worker_on)(held.book)
    one, two = await write(author, held.pk), await write(other, held.pk)
    acts = [(one, await sent(one, join)), (two, await sent(two, type_now))]
    for desk, update in acts if joins_first else reversed(acts):
        wanted = {"chapterId": held.pk, "epoch": desk.epoch, "update": b64encode(update).decode()}
        assert (await desk.client.ask("draft:update", wanted))["success"]
    heard = (await one.client.event("draft:clash"))["payload"]
    assert (heard["kind"], heard["isSettled"]) == ("swallowed", False)
    [clash] = (await two.client.tell("draft:clashes", {"chapterId": held.pk}))["clashes"]
    assert (clash["words"], clash["before"], clash["userId"]) == ("now ", "Some ", other.pk)
    settle = {"chapterId": held.pk, "clashId": clash["clashId"]}
    assert (await two.client.tell("draft:settle", settle))["isOurs"]
    assert not (await one.client.tell("draft:settle", settle))["isOurs"]
    assert (await one.client.event("draft:clash"))["payload"]["isSettled"]


async def test_words_typed_into_a_paragraph_that_a_form_has_taken_out_are_kept(write: Write) -> None:
    held = await made(lambda: draft(book()))()
    author = await made(author_of)(held.book)
    one = await write(author, held.pk)
    typed = await sent(one, type_now)
    await made(update_chapter)(actor=author, chapter_id=held.pk, text=TEXT.split("\n\n")[0])
    wanted = {"chapterId": held.pk, "epoch": one.epoch, "update": b64encode(typed).decode()}
    assert (await one.client.ask("draft:update", wanted))["success"]
    [clash] = (await one.client.tell("draft:clashes", {"chapterId": held.pk}))["clashes"]
    assert clash["words"] == "now "


def test_nothing_is_written_down_of_staff_who_settle_nothing() -> None:
    held = draft(book())
    moderator = staff("books.change_chapter")
    [clash] = kept(held, told("now"))
    settle_clash(actor=author_of(held.book), chapter_id=held.pk, clash_id=clash.pk)
    assert not settle_clash(actor=moderator, chapter_id=held.pk, clash_id=clash.pk)
    assert acts_of(moderator) == []
