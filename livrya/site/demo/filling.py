"""Fills the library for a demonstration; run again, it adds only what is missing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from books.importing.importer import import_book
from books.importing.manuscripts import read_moby_dick
from books.models import Book, Chapter, Comment, Credit, ReadingProgress, Review, ShelfEntry
from books.services.chapters import create_chapter
from books.services.comments import post_comment
from books.services.credits import accept_credit, invite_person
from books.services.reading import save_progress, shelve_book
from books.services.releases import schedule_chapter
from books.services.reviews import post_review
from books.services.subscriptions import subscribe
from livrya.accounts.models import User
from livrya.accounts.names import fold
from livrya.accounts.services.access import set_role
from livrya.accounts.services.following import follow
from livrya.accounts.services.people import sign_up, update_profile
from livrya.site.demo.data import Circle, Part, Person, Readership, Remark, Serial, circles, people, serials, talk
from realtime.errors import Conflict
from realtime.people import uncounted
from social.models import Group, Message, Role
from social.services import invitations
from social.services.entering import join_group
from social.services.groups import create_group
from social.services.members import set_role as set_group_role
from social.services.messages import react_to_message, send_message

FIRST_RELEASE = timedelta(minutes=20)
"""When the first scheduled chapter comes out, counted from the first filling; the next ones follow as far apart."""

MADE_BY = "demo"

Note = Callable[[str], None]
Everybody = dict[str, User]


@uncounted()
def fill_library(*, password: str, moby_dick: Path, note: Note) -> None:
    """Makes the demo people, the serials, Moby-Dick where its package is there, the talk about them, and groups.

    `note` is called before each thing that takes a moment. Its people of before keep their passwords. Raises
    Conflict where a name is that of an account which the demo did not make.
    """
    for person in people():
        _known(person, password)  # before anybody is made
    everybody = {person.username: _person(person, password, note) for person in people()}
    for follower, followed in talk().follows:
        follow(actor=everybody[follower], user=everybody[followed])
    readerships = talk().books
    for name, serial in serials().items():
        book = _serial(serial, everybody, note)
        _readership(book, readerships[name], everybody)
    for circle in circles():
        gather(circle, everybody, note)
    if moby_dick.exists():
        outcome = import_book(read_moby_dick(moby_dick), owner=everybody["agnes"])
        if not outcome.is_unchanged:
            note(f"{outcome.book.title}: {outcome.book.published_count} chapters")
        subscribe(actor=everybody["tom"], book_id=outcome.book.pk, level="muted")
    else:
        note("Moby-Dick is left out: its package comes with the front end (make frontend).")


def _person(person: Person, password: str, note: Note) -> User:
    user = _known(person, password)
    if user is None:
        user = sign_up(username=person.username, password=password, display_name=person.name, made_by=MADE_BY)
        if person.bio:
            update_profile(actor=user, user=user, bio=person.bio)
        if person.part == "staff":
            set_role(actor=None, user=user, is_staff=True, is_superuser=True)
        note(f"{person.name} signs up")
    return user


def _known(person: Person, password: str) -> User | None:
    """Returns the person's account if the demo made it. Raises Conflict for one of that name that is somebody's own."""
    user = User.objects.filter(folded=fold(person.username)).first()
    if user is not None and user.made_by != MADE_BY:
        # Of before it was noted who made it: as open as those that are made here, or it is none of ours.
        if user.username != person.username or not user.check_password(password):
            raise Conflict(
                f"{user.username} is an account that the demo did not make. It goes on with none but its own."
            )
        User.objects.filter(pk=user.pk).update(made_by=MADE_BY)
    return user


def _serial(serial: Serial, everybody: Everybody, note: Note) -> Book:
    outcome = import_book(serial.book, owner=everybody[serial.credits[0].username])
    book = outcome.book
    if outcome.created:
        note(f"{book.title}: {book.published_count} chapters")
        for part in serial.credits[1:]:
            _credit(book, part, everybody)
        release_at = timezone.now()
        for waiting in serial.waiting:
            chapter = create_chapter(
                actor=everybody[serial.credits[0].username],
                book_id=book.pk,
                title=waiting.title,
                volume=waiting.volume or "",
                text=waiting.text,
            )
            if waiting.state == "scheduled":
                release_at += FIRST_RELEASE
                schedule_chapter(actor=None, chapter_id=chapter.pk, publish_at=release_at)
    return book


def _credit(book: Book, part: Part, everybody: Everybody) -> None:
    user = everybody[part.username]
    if not Credit.objects.filter(book=book, user=user).exists():
        credit = invite_person(actor=None, book_id=book.pk, user_id=user.pk, kind=part.kind)
        accept_credit(actor=user, credit_id=credit.pk)


def _readership(book: Book, readership: Readership, everybody: Everybody) -> None:
    chapters = {chapter.number: chapter for chapter in Chapter.objects.filter(book=book).defer(*Chapter.LONG_FIELDS)}
    for name, level in readership.subscribers.items():
        if not book.subscriptions.filter(user=everybody[name]).exists():
            subscribe(actor=everybody[name], book_id=book.pk, level=level)
    known = set(ReadingProgress.objects.filter(book=book).values_list("user_id", "chapter_id"))
    for name, places in readership.places.items():
        for number, position in places:
            if (everybody[name].pk, chapters[number].pk) not in known:
                save_progress(actor=everybody[name], chapter_id=chapters[number].pk, position=position)
    for name, shelf in readership.shelves.items():
        if not ShelfEntry.objects.filter(book=book, user=everybody[name]).exists():
            shelve_book(actor=everybody[name], book_id=book.pk, shelf=shelf)
    for opinion in readership.reviews:
        if not Review.objects.filter(book=book, author=everybody[opinion.by]).exists():
            post_review(actor=everybody[opinion.by], book_id=book.pk, rating=opinion.rating, text=opinion.text)
    for remark in readership.comments:
        _thread(chapters[remark.chapter], remark, everybody)


def _thread(chapter: Chapter, remark: Remark, everybody: Everybody) -> None:
    if Comment.objects.filter(chapter=chapter, author=everybody[remark.by], parent=None).exists():
        return
    about = None if remark.paragraph is None else chapter.paragraph_ids[remark.paragraph]
    root = post_comment(actor=everybody[remark.by], chapter_id=chapter.pk, text=remark.text, paragraph=about)
    for reply in remark.replies:
        post_comment(actor=everybody[reply.by], chapter_id=chapter.pk, text=reply.text, parent_id=root.pk)


@uncounted()
def gather(circle: Circle, everybody: Everybody, note: Note) -> None:
    """Makes a group with its people and what they have said, unless it is there already."""
    owner = everybody[circle.owner]
    if Group.objects.filter(name=circle.name, creator=owner, ended_at__isnull=True).exists():
        return
    group = create_group(actor=owner, name=circle.name, description=circle.description, is_private=circle.is_private)
    for name in [*circle.moderators, *circle.members]:
        user = everybody[name]
        if circle.is_private:
            invitations.invite_person(actor=owner, group_id=group.pk, user_id=user.pk)
        join_group(actor=user, group_id=group.pk)
        if name in circle.moderators:
            set_group_role(actor=owner, group_id=group.pk, user_id=user.pk, role=Role.MODERATOR)
    said: list[Message] = []
    for one in circle.messages:
        answered = said[one.answers - 1].pk if one.answers else None
        message = send_message(actor=everybody[one.by], group_id=group.pk, text=one.text, reply_to_id=answered)
        for name, kind in one.reactions.items():
            react_to_message(actor=everybody[name], message_id=message.pk, kind=kind)
        said.append(message)
    group.refresh_from_db()
    note(f"{group.name}: {group.member_count} people, {len(said)} messages")
