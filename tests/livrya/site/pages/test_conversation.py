"""How messages stand below each other, and what the page of a group knows."""

from datetime import UTC, datetime

from livrya.site.pages.conversation import BREAK_MS, SHOWN, conversation, lines
from social.events.messages import MessageShown, ReplyTo, Sender
from social.selectors.groups import group_for
from tests.social import rooms


def said(number, sender=1, at=0, **more):
    person = Sender(id=sender, username="", display_name="", avatar=None)
    moment = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp() * 1000) + at
    known = {"id": number, "room_id": 1, "type": "text", "text": "", "reply_to": None, "mentions": [], "links": []}
    known |= {"attachments": [], "reactions": {}, "edited_at": None, "deleted": False, "own_reactions": []}
    return MessageShown(number=number, sender=person, created_at=moment, **(known | more))


def test_messages_stand_by_day_and_sender_with_a_line_above_what_is_new():
    day = 24 * 3600 * 1000
    shown = lines([said(1), said(2), said(3, 2), said(4, 2, 400_000), said(5, 2, day), said(6, 2, day)], 5)
    assert [line.begins_day for line in shown] == [True, False, False, False, True, False]
    assert [line.has_head for line in shown] == [True, False, True, True, True, True]
    assert [line.begins_new for line in shown] == [False, False, False, False, False, True]


def test_an_answer_what_follows_something_deleted_and_a_long_silence_begin_anew():
    shown = lines(
        [said(1), said(2, reply_to=ReplyTo(1, 1, 1, "Ada")), said(3, deleted=True), said(4), said(5, at=BREAK_MS)], 5
    )
    assert [line.has_head for line in shown] == [True, True, False, True, True]
    assert not any(line.begins_new for line in shown)


def test_who_has_read_nothing_yet_sees_no_line_above_it():
    assert [line.begins_new for line in lines([said(1), said(2)], 0)] == [False, False]


def test_the_page_goes_on_from_what_it_shows(library):
    group = rooms.group(library.author, name="Oil and wick")
    rooms.member_of(group, library.reader)
    for number in range(SHOWN + 3):
        rooms.message(group, text=f"Say {number + 1}")
    shown = group_for(library.reader, group_id=group.pk)
    newest = conversation(library.reader, shown, before=None)
    assert (newest["older"], newest["is_newest"], newest["unread"]) == (4, True, SHOWN + 3)
    assert newest["known"]["before"] == 4
    assert [message["number"] for message in newest["known"]["messages"]] == list(range(4, SHOWN + 4))
    older = conversation(library.reader, shown, before=4)
    assert [line.message.number for line in older["lines"]] == [1, 2, 3]
    assert (older["older"], older["is_newest"], older["may_invite"]) == (None, False, True)
