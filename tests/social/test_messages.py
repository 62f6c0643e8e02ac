"""Messages: numbers, names, answers, what is gone, and how many queries it takes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livrya.accounts.services.blocking import block, mute
from notifications.models import Notification
from realtime.errors import Forbidden, NotFound, NotJoined, RateLimited, ValidationFailed
from realtime.models import Event
from realtime.testing.capture import capture_events
from social.errors import NotMember, RoomNotFound
from social.events import GroupRoom
from social.models import Group, Message, Reaction
from social.namespaces.entering import SHOWN_ON_JOINING
from social.selectors import messages as selectors
from social.services.groups import set_slow_mode
from social.services.members import set_role
from social.services.messages import delete_message, edit_message, react_to_message, send_message
from tests.books.library import run_jobs, somebody
from tests.social.rooms import group, member_of, message, owner_of

pytestmark = pytest.mark.django_db


def test_numbers_are_dense_whatever_is_refused() -> None:
    made = group()
    assert message(made).number == 1
    with pytest.raises(ValidationFailed):
        message(made, text="")
    with pytest.raises(ValidationFailed):
        message(made, reply_to_id=message(group()).pk)
    with pytest.raises(NotMember):
        message(made, somebody())
    with pytest.raises(NotJoined):
        message(made, joined=False)
    with pytest.raises(RoomNotFound):
        message(group(is_private=True), somebody())
    assert message(made).number == 2
    made.refresh_from_db()
    assert made.last_number == 2


def test_slow_mode_is_for_members_alone() -> None:
    made = group()
    member, moderator = member_of(made), member_of(made)
    set_role(actor=owner_of(made), group_id=made.pk, user_id=moderator.pk, role="moderator")
    set_slow_mode(actor=moderator, group_id=made.pk, seconds=60)
    message(made, member)
    with pytest.raises(RateLimited) as refused:
        message(made, member)
    assert 59_000 < (refused.value.retry_after_ms or 0) <= 60_001
    for _ in range(2):
        message(made, moderator)
    with pytest.raises(Forbidden):
        set_slow_mode(actor=member, group_id=made.pk, seconds=0)


def test_editing_is_for_who_said_it_and_deleting_also_for_those_above() -> None:
    made = group()
    member, other, moderator = member_of(made), member_of(made), member_of(made)
    set_role(actor=owner_of(made), group_id=made.pk, user_id=moderator.pk, role="moderator")
    said = message(made, member)
    for person in (other, moderator):
        with pytest.raises(Forbidden):
            edit_message(actor=person, message_id=said.pk, text="Mine")
    with pytest.raises(Forbidden):
        delete_message(actor=other, message_id=said.pk)
    with pytest.raises(Forbidden):
        delete_message(actor=moderator, message_id=message(made).pk)
    with pytest.raises(NotFound):
        delete_message(actor=somebody(), message_id=said.pk)
    delete_message(actor=moderator, message_id=said.pk)
    for act in (
        lambda: edit_message(actor=member, message_id=said.pk, text="Back"),
        lambda: react_to_message(actor=member, message_id=said.pk, kind="like"),
        lambda: delete_message(actor=member, message_id=said.pk),
    ):
        with pytest.raises(NotFound):
            act()
    delete_message(actor=somebody(is_staff=True, is_superuser=True), message_id=message(made).pk)


def test_the_words_of_a_deleted_message_are_gone_everywhere() -> None:
    made = group()
    member = member_of(made)
    said = message(made, text=f"Call me Ishmael, @{member.username}.")
    react_to_message(actor=member, message_id=said.pk, kind="love")
    message(made, member, text="Who?", reply_to_id=said.pk)
    delete_message(actor=owner_of(made), message_id=said.pk)
    run_jobs()
    log = Event.objects.filter(room=GroupRoom(made.pk).name)
    assert not any("Ishmael" in payload for payload in log.values_list("payload", flat=True))
    assert not Notification.objects.filter(message__contains="Ishmael").exists()
    assert not Reaction.objects.exists()
    shown = selectors.shown(selectors.messages_before(member, made, before=None, limit=9)[0], member)
    assert [(one.text, one.deleted) for one in shown] == [("", True), ("Who?", False)]
    assert shown[1].reply_to is not None


def test_reacting_twice_changes_nothing_and_one_s_own_are_known() -> None:
    made = group()
    member, said = member_of(made), message(made)
    react_to_message(actor=member, message_id=said.pk, kind="like")
    with capture_events() as captured:
        react_to_message(actor=member, message_id=said.pk, kind="like")
        react_to_message(actor=member, message_id=said.pk, kind="wow", on=False)
    assert captured.events == []
    with pytest.raises(ValidationFailed):
        react_to_message(actor=member, message_id=said.pk, kind="spit")
    [mine] = selectors.shown([said], member)
    [theirs] = selectors.shown([said], owner_of(made))
    assert (mine.reactions, mine.own_reactions, theirs.own_reactions) == ({"like": 1}, ["like"], [])


def test_those_whom_one_does_not_hear_are_left_out_of_pages_and_search() -> None:
    made = group()
    reader, blocked, muted = member_of(made), member_of(made), member_of(made)
    for person in (owner_of(made), blocked, muted):
        message(made, person, text="Whale")
    block(actor=blocked, user=reader)
    mute(actor=reader, user=muted)
    found, more = selectors.messages_before(reader, made, before=None, limit=9)
    assert ([one.number for one in found], more) == ([1], False)
    assert [one.number for one in selectors.search(reader, "whale")] == [1]
    assert [one.number for one in selectors.messages_before(muted, made, before=None, limit=9)[0]] == [1, 2, 3]


def test_a_message_that_one_does_not_hear_is_not_there_by_its_number_either() -> None:
    made = group()
    blocker, blocked, moderator = member_of(made), member_of(made), member_of(made)
    set_role(actor=owner_of(made), group_id=made.pk, user_id=moderator.pk, role="moderator")
    said = message(made, blocker)
    for apart in (blocked, moderator):
        block(actor=blocker, user=apart)
        with pytest.raises(NotFound):
            react_to_message(actor=apart, message_id=said.pk, kind="like")
        with pytest.raises(ValidationFailed):
            message(made, apart, reply_to_id=said.pk)
    with pytest.raises(NotFound):
        delete_message(actor=blocked, message_id=said.pk)
    delete_message(actor=moderator, message_id=said.pk)  # blocking moderators puts nobody beyond them


def test_ten_thousand_messages_take_as_many_queries_as_ten(django_assert_num_queries) -> None:
    made = group()
    owner, reader = owner_of(made), member_of(made)
    start = timezone.now() - timedelta(days=1)
    Message.objects.bulk_create(
        (
            Message(
                group=made,
                number=number,
                sender=owner if number % 2 else reader,
                text=f"Line {number} of the log: {'whale' if number % 1000 == 0 else 'sea'} /books/ship/{number}/",
                created_at=start + timedelta(seconds=number),
            )
            for number in range(1, 10_001)
        ),
        batch_size=1_000,
    )
    Group.objects.filter(pk=made.pk).update(last_number=10_000)
    # Blocks, mutes, the rows with senders and answers; then files, reactions, own reactions, links.
    for before, first in ((None, 9_951), (9_951, 9_901), (60, 10)):
        with django_assert_num_queries(7):
            found, more = selectors.messages_before(reader, made, before=before, limit=SHOWN_ON_JOINING)
            shown = selectors.shown(found, reader)
        assert (len(shown), shown[0].number, more) == (50, first, True)
    with django_assert_num_queries(3):
        found = list(selectors.search(reader, "WHALE log").order_by("-id")[:20])
    assert [one.number for one in found] == list(range(10_000, 0, -1_000))
    with django_assert_num_queries(5):  # the group and the membership are two more
        assert len(selectors.search(reader, "whale", group_id=made.pk)) == 10


def test_a_message_costs_a_constant_number_of_queries(django_assert_max_num_queries) -> None:
    made = group()
    for _ in range(5):
        member_of(made)
    owner = owner_of(made)
    with django_assert_max_num_queries(20):
        send_message(actor=owner, group_id=made.pk, text="Plain.")
