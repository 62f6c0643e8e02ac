"""Who is notified of what in groups, and what is taken back."""

import pytest

from livrya.accounts.models import User
from livrya.accounts.services.blocking import mute
from notifications.models import Notification
from social.services.entering import leave_group
from social.services.invitations import end_invitation, invite_person
from social.services.messages import edit_message
from social.services.moderation import dismiss, uphold
from tests.books import library
from tests.books.library import run_jobs, somebody
from tests.social.reports import reported, staff
from tests.social.rooms import group, member_of, message, owner_of

__all__ = ["staff"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_names_mean_members_and_each_is_told_once() -> None:
    made = group()
    tom, una = member_of(made, library.somebody()), member_of(made)
    text = f"@{tom.username.upper()}, and @{tom.username}: not @{somebody().username}, a@{una.username}, @nobody"
    said = message(made, text=text)
    assert said.mentions == [tom.pk]
    edit_message(actor=owner_of(made), message_id=said.pk, text=f"@{una.username} @{tom.username}")
    notified = Notification.objects.filter(kind="GROUP_MENTION").values_list("recipient_id", flat=True)
    assert sorted(notified) == sorted([tom.pk, una.pk])
    message(made, una, text=f"@{una.username} to myself")
    assert notified.count() == 2


def test_an_answer_is_told_to_who_said_it_unless_they_have_left_or_keep_apart() -> None:
    made = group()
    member, gone, apart = member_of(made), member_of(made), member_of(made)
    said = [message(made, person) for person in (member, gone, apart)]
    leave_group(actor=gone, group_id=made.pk)
    mute(actor=apart, user=owner_of(made))
    for one in said:
        message(made, reply_to_id=one.pk)
    notified = Notification.objects.filter(kind="GROUP_REPLY").values_list("recipient_id", flat=True)
    assert list(notified) == [member.pk]


def told(person: User, kind: str) -> list[str]:
    return list(Notification.objects.filter(recipient=person, kind=kind).values_list("message", flat=True))


def test_who_is_invited_hears_by_whom_until_the_invitation_ends() -> None:
    made, guest = group(), somebody()
    invite_person(actor=owner_of(made), group_id=made.pk, user_id=guest.pk)
    assert told(guest, "GROUP_INVITATION") == [f"{owner_of(made)} invites you to {made}."]
    end_invitation(actor=owner_of(made), group_id=made.pk, user_id=guest.pk)
    run_jobs()
    assert told(guest, "GROUP_INVITATION") == []


@pytest.mark.parametrize(
    ("kind", "what"), [("message", "a message of yours"), ("comment", "a comment of yours"), ("person", "your profile")]
)
def test_whoever_answers_for_it_hears_what_the_moderators_did(kind: str, what: str, staff: User) -> None:
    made = group()
    writer = member_of(made)
    targets = {
        "message": lambda: message(made, writer).pk,
        "comment": lambda: library.comment(library.chapter(library.book()), writer).pk,
        "person": lambda: writer.pk,
    }
    found = reported(kind, targets[kind](), by=member_of(made))
    uphold(actor=staff, report_id=found.pk, take_down=True, warning="Please be kind.")
    assert told(writer, "MODERATION") == [f"The moderators have taken down {what}. Please be kind."]


def test_of_a_report_that_is_dismissed_its_subject_hears_nothing(staff: User) -> None:
    made = group()
    said = message(made, member_of(made))
    dismiss(actor=staff, report_id=reported("message", said.pk, by=member_of(made)).pk)
    assert told(said.sender, "MODERATION") == []
