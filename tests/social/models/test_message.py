"""Messages, reactions and files by themselves."""

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from social.models import Attachment, Message, Reaction
from social.models.message import attachment_path, private_storage
from tests.books.library import somebody
from tests.social.rooms import group, message, owner_of

pytestmark = pytest.mark.django_db


def test_a_number_is_one_message_and_its_words_are_in_no_list() -> None:
    said = message(group(), text="Call me Ishmael.")
    assert str(said) == f"message 1 of group {said.group_id}"
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(group=said.group, number=1, sender=said.sender, text="Mine.")


def test_an_answer_stays_when_what_it_answers_goes() -> None:
    made = group()
    said = message(made)
    answer = message(made, reply_to_id=said.pk)
    said.delete()
    answer.refresh_from_db()
    assert answer.reply_to is None


def test_somebody_reacts_once_in_each_known_way() -> None:
    said, fan = message(group()), somebody()
    Reaction.objects.create(message=said, user=fan, kind="like")
    for kind in ("like", "frown"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.create(message=said, user=fan, kind=kind)


def test_a_file_lies_with_its_group_outside_of_what_everybody_may_open() -> None:
    kept = Attachment(group_id=7, name="take.wav")
    assert attachment_path(kept, "../../etc/x.wav") == "groups/7/x.wav"
    assert str(kept) == "take.wav"
    assert str(settings.MEDIA_ROOT) not in private_storage().path("groups/7/x.wav")
    made = group()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.create(group=made, uploader=owner_of(made), kind="x", name="x", size=1, file="x")
