"""What the cast shares: the book that is written before everybody's eyes, and its chapters."""

import asyncio
import itertools
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from channels.db import database_sync_to_async

from books.models import Book, Chapter, ChapterState
from books.services.chapters import create_chapter, delete_chapter
from livrya.accounts.models import User
from livrya.accounts.services import tokens
from livrya.site.demo.cast.member import Member
from livrya.site.demo.data import WaitingChapter, circles, serials
from livrya.site.demo.filling import gather
from realtime.errors import NotFound
from social.models import Group

WRITTEN_LIVE = "postcards-from-the-night-train"
ALSO_READ = "the-lamp-room"
TALKERS = 3
"""So many of a group's people talk in it at a time."""
READERS = ("tom", "ben", "pilar", "samir", "yuki", "nora")

Say = Callable[[str], None]


@dataclass
class Stage:
    """The play's world. `haste` divides every pause; `chance` decides what people do."""

    address: str
    say: Say
    author: User
    readers: list[User]
    book: Book
    cards: Iterator[WaitingChapter]
    to_discuss: list[int]
    """Ids of the live book's published chapters, the newest last."""
    to_read: list[tuple[int, int]]
    """(book id, chapter id) of others, where the cast only reads."""
    circles: dict[int, list[User]]
    """By the id of each group, who talks in it."""
    haste: float = 1.0
    chance: random.Random = field(default_factory=random.Random)
    _unsaid: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def set_up(cls, address: str, say: Say, *, haste: float = 1.0) -> "Stage":
        """Reads the world from the database. Raises NotFound when the demo library is not there."""
        live, other = serials()[WRITTEN_LIVE], serials()[ALSO_READ]
        book = Book.objects.filter(title=live.book.title, byline="").first()
        names = [*READERS, live.credits[0].username]
        people = {user.username: user for user in User.objects.filter(username__in=names)}
        if book is None or len(people) < len(names):
            raise NotFound("The demo library is not here yet: run manage.py demo first.")
        published = Chapter.objects.filter(state=ChapterState.PUBLISHED)
        return cls(
            address=address,
            say=say,
            author=people[live.credits[0].username],
            readers=[people[name] for name in READERS],
            book=book,
            cards=itertools.cycle(live.waiting),
            to_discuss=list(published.filter(book=book).order_by("number").values_list("pk", flat=True)),
            to_read=list(published.filter(book__title=other.book.title).values_list("book_id", "pk")),
            circles=_gathered(say),
            haste=haste,
        )

    def member(self, user: User, namespace: str = "") -> Member:
        """Returns a client for the person."""

        async def token() -> str:
            pair = await database_sync_to_async(tokens.issue)(user=user)
            access: str = pair.access
            return access

        address = f"{self.address}{namespace}/" if namespace else self.address
        return Member(address, user.username, token=token)

    async def pause(self, shortest_s: float, longest_s: float) -> None:
        """Waits as long as a person might."""
        await asyncio.sleep(self.chance.uniform(shortest_s, longest_s) / self.haste)

    def line(self, about: str = "lines") -> str:
        """Returns something to say, under a chapter or in a group ("chat"); all of it once before any of it again."""
        unsaid = self._unsaid.setdefault(about, [])
        if not unsaid:
            unsaid += json.loads((Path(__file__).parent / f"{about}.json").read_text(encoding="utf-8"))
            self.chance.shuffle(unsaid)
        return unsaid.pop()

    def prepare_card(self) -> Chapter:
        """Returns the draft of the next card; one that is out already is taken away and written anew."""
        card = next(self.cards)
        for old in Chapter.objects.filter(book=self.book, title=card.title):
            if not old.is_published:
                return old
            if old.pk in self.to_discuss:
                self.to_discuss.remove(old.pk)
            delete_chapter(actor=self.author, chapter_id=old.pk)
        return create_chapter(actor=self.author, book_id=self.book.pk, title=card.title, text=card.text)


def _gathered(say: Say) -> dict[int, list[User]]:
    """Returns who talks in which group, for the groups of the demo library whose people are all here."""
    everybody = {user.username: user for user in User.objects.all()[:1_000]}
    talking = {}
    for circle in circles():
        names = [circle.owner, *circle.moderators, *circle.members]
        if all(name in everybody for name in names):
            gather(circle, everybody, say)
            group = Group.objects.filter(name=circle.name, creator=everybody[circle.owner]).latest("pk")
            talking[group.pk] = [everybody[name] for name in names[:TALKERS]]
    return talking
