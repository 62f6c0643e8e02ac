"""Files in groups: what is taken, what it is kept as, and who may have it."""

import io
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from realtime.errors import NotFound, TooLarge, ValidationFailed
from social import limits
from social.errors import NotMember
from social.models import Attachment, Group
from social.selectors.messages import attachment_for, content
from social.services.attachments import add_attachment, forget_unsent, remove_attachment
from social.services.entering import leave_group
from social.services.messages import delete_message, send_message
from tests.books.library import somebody
from tests.livrya.accounts.people import browser
from tests.social.rooms import group, member_of, owner_of

pytestmark = pytest.mark.django_db

WAVE = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\0" * 64


def picture(size: tuple[int, int] = (3000, 1500)) -> bytes:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", size, "red").save(written, "JPEG", exif=exif)
    return written.getvalue()


def upload(made: Group, data: bytes, name: str = "a file", said_to_be: str = "image/png") -> Attachment:
    given = SimpleUploadedFile(name, data, said_to_be)
    return add_attachment(actor=owner_of(made), group_id=made.pk, upload=given)


def content_of(attachment: Attachment) -> bytes:
    with attachment.file.open() as kept:
        return kept.read()


def test_a_picture_is_written_anew_within_bounds_and_in_its_own_ratio() -> None:
    added = upload(group(), picture(), "../../me at home.JPG")
    assert (added.kind, added.name, added.content_type) == ("image", "me at home.webp", "image/webp")
    assert (added.width, added.height) == (limits.IMAGE_PIXELS, limits.IMAGE_PIXELS // 2)
    kept = content_of(added)
    assert kept.startswith(b"RIFF")
    assert b"where I live" not in kept
    assert added.size == len(kept)


@pytest.mark.parametrize(
    "data", [b"MZ\x90\x00\x03\0\0\0", b"\x7fELF\x02", b"", b"\xff\xd8\xff but no picture"], ids=repr
)
def test_what_is_nothing_that_we_know_is_refused(data: bytes) -> None:
    made = group()
    with pytest.raises(ValidationFailed):
        upload(made, data)
    assert not Attachment.objects.exists()


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("social.services.attachments._MOST_BYTES", {"audio": 50, "file": 50})
    with pytest.raises(TooLarge):
        upload(group(), WAVE)


def test_a_file_is_sent_once_by_who_uploaded_it_where_they_did() -> None:
    made = group()
    owner, member = owner_of(made), member_of(made)
    added = upload(made, WAVE)
    with pytest.raises(ValidationFailed):
        send_message(actor=member, group_id=made.pk, attachments=[added.pk])
    with pytest.raises(ValidationFailed):
        send_message(actor=owner, group_id=group(owner).pk, attachments=[added.pk])
    said = send_message(actor=owner, group_id=made.pk, attachments=[added.pk])
    shown = content(said)
    assert (shown.type, shown.text, [one.id for one in shown.attachments]) == ("audio", "", [added.pk])
    with pytest.raises(ValidationFailed):
        send_message(actor=owner, group_id=made.pk, attachments=[added.pk])
    with pytest.raises(NotFound):
        remove_attachment(actor=owner, attachment_id=added.pk)
    with pytest.raises(NotMember):
        add_attachment(actor=somebody(), group_id=made.pk, upload=SimpleUploadedFile("x", WAVE))


def test_only_members_have_it_and_nobody_once_it_is_deleted(
    django_capture_on_commit_callbacks: object,
) -> None:
    cache.clear()
    made = group()
    owner, member = owner_of(made), member_of(made)
    added = upload(made, WAVE, "take")
    address = reverse("api-attachment", kwargs={"attachment_id": added.pk})
    assert browser(member).get(address).status_code == 404  # not sent yet
    said = send_message(actor=owner, group_id=made.pk, attachments=[added.pk])
    answer = browser(member).get(address)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, WAVE, "audio/wav")
    assert answer["Content-Disposition"] == 'inline; filename="take.wav"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    for person in (somebody(), somebody(is_staff=True)):
        assert browser(person).get(address).status_code == 404
    assert browser().get(address).status_code == 401
    # Beside the API there is no address for it.
    assert browser(member).get(f"/media/{added.file.name}").status_code == 404
    leave_group(actor=member, group_id=made.pk)
    assert browser(member).get(address).status_code == 404
    storage, name = added.file.storage, added.file.name
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        delete_message(actor=owner, message_id=said.pk)
    assert not storage.exists(name)
    assert browser(owner).get(address).status_code == 404


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("bytes=0-3", (206, WAVE[:4], f"bytes 0-3/{len(WAVE)}")),
        ("bytes=70-", (206, WAVE[70:], f"bytes 70-{len(WAVE) - 1}/{len(WAVE)}")),
        ("bytes=-4", (206, WAVE[-4:], f"bytes {len(WAVE) - 4}-{len(WAVE) - 1}/{len(WAVE)}")),
        ("bytes=9999-", (200, WAVE, None)),
        ("bytes=5-2", (200, WAVE, None)),
        ("bytes=-", (200, WAVE, None)),
        ("pages=1-2", (200, WAVE, None)),
    ],
)
def test_players_get_the_range_that_they_ask_for(asked: str, given: tuple[int, bytes, str | None]) -> None:
    cache.clear()
    made = group()
    address = reverse("api-attachment", kwargs={"attachment_id": upload(made, WAVE).pk})
    answer = browser(owner_of(made)).get(address, headers={"Range": asked})
    assert (answer.status_code, answer.content, answer.get("Content-Range")) == given


def test_what_was_never_sent_is_forgotten_after_a_day(django_capture_on_commit_callbacks: object) -> None:
    made = group()
    old, sent, new = (upload(made, WAVE) for _ in range(3))
    send_message(actor=owner_of(made), group_id=made.pk, attachments=[sent.pk])
    Attachment.objects.exclude(pk=new.pk).update(created_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        assert forget_unsent() == 1
    assert not old.file.storage.exists(old.file.name)
    assert set(Attachment.objects.all()) == {sent, new}
    assert attachment_for(owner_of(made), new.pk) == new
