"""Signing up, profiles, privacy and pictures."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

import realtime
from livrya.accounts import signals
from livrya.accounts.models import User
from livrya.accounts.services import people
from realtime.errors import Forbidden, ValidationFailed
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db


def picture(size: tuple[int, int] = (600, 300), kind: str = "JPEG") -> SimpleUploadedFile:
    written = io.BytesIO()
    image = Image.new("RGB", size, "red")
    exif = image.getexif()
    exif[0x010E] = "where I live"
    image.save(written, kind, exif=exif)
    return SimpleUploadedFile("holiday.php", written.getvalue(), "image/jpeg")


def test_signing_up_creates_an_account_that_can_sign_in() -> None:
    joined = []
    signals.person_joined.connect(lambda user, **_: joined.append(user), weak=False, dispatch_uid="test")
    try:
        ada = people.sign_up(username="ada", password=PASSWORD, display_name="Ada\u202e  Quill")
    finally:
        signals.person_joined.disconnect(dispatch_uid="test")
    assert ada.check_password(PASSWORD)
    assert ada.display_name == "Ada Quill"
    assert joined == [ada]


@pytest.mark.parametrize("username", ["", ".", "..", "a b", "аda", "ada/..", "ada\x00", "ｋ", "-ada", "a" * 151])
def test_a_name_that_could_pass_for_another_or_break_an_address_is_refused(username: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        people.sign_up(username=username, password=PASSWORD)
    assert set(refusal.value.details["fields"]) == {"username"}
    assert not User.objects.exists()


def test_a_name_is_taken_whatever_its_case() -> None:
    person("Ada")
    with pytest.raises(ValidationFailed) as refusal:
        people.sign_up(username="aDA", password=PASSWORD)
    assert refusal.value.details == {"fields": {"username": "That name is taken."}}
    with pytest.raises(IntegrityError), transaction.atomic():
        person("ADA")


def test_every_wrong_field_gets_its_sentence() -> None:
    with pytest.raises(ValidationFailed) as refusal:
        people.sign_up(username="a b", password="123", email="nowhere")
    assert set(refusal.value.details["fields"]) == {"username", "password", "email"}


def test_a_profile_is_cleaned_and_told_to_ones_own_devices() -> None:
    ada = person("ada")
    with capture_events() as captured:
        people.update_profile(actor=ada, user=ada, bio="one\r\n\n\n\ntwo\u202e\x00")
    ada.refresh_from_db()
    assert ada.bio == "one\n\ntwo"
    assert captured.types(realtime.UserRoom(ada.pk)) == ["profile:changed"]


def test_a_stranger_may_not_edit_a_profile_but_staff_may() -> None:
    ada, bob, staff = person("ada"), person("bob"), person("staff", is_staff=True, is_superuser=True)
    with pytest.raises(Forbidden):
        people.update_profile(actor=bob, user=ada, bio="hello")
    assert people.update_profile(actor=staff, user=ada, bio="hello").bio == "hello"
    with pytest.raises(Forbidden):
        people.update_profile(actor=person("staff2", is_staff=True), user=staff, bio="hello")


def test_a_change_of_privacy_makes_open_sessions_ask_again_once() -> None:
    ada = person("ada")
    with capture_events() as captured:
        people.set_privacy(actor=ada, user=ada, hide_reading=True)
        people.set_privacy(actor=ada, user=ada, hide_reading=True)
    ada.refresh_from_db()
    assert (ada.hide_online, ada.hide_reading, ada.hide_typing) == (False, True, False)
    assert captured.types() == ["realtime:revoked"]


def test_a_picture_is_written_anew_small_square_and_without_its_secrets(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    ada = people.set_avatar(actor=None, user=person("ada"), upload=picture())
    with Image.open(ada.avatar.path) as stored:
        assert (stored.format, stored.size) == ("WEBP", (256, 256))
        assert not stored.getexif()
    assert ada.avatar.name.endswith(".webp")
    assert "holiday" not in ada.avatar.name


def test_a_new_picture_takes_the_place_of_the_old_one(settings, tmp_path, django_capture_on_commit_callbacks) -> None:
    settings.MEDIA_ROOT = tmp_path
    ada = people.set_avatar(actor=None, user=person("ada"), upload=picture())
    with django_capture_on_commit_callbacks(execute=True):
        people.set_avatar(actor=None, user=ada, upload=picture(kind="PNG"))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    with django_capture_on_commit_callbacks(execute=True):
        people.set_avatar(actor=None, user=ada, upload=None)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    ada.refresh_from_db()
    assert not ada.avatar


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, picture().read()[:200]],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    ada = person("ada")
    upload = SimpleUploadedFile("a.jpg", content, "image/jpeg")
    with pytest.raises(ValidationFailed):
        people.set_avatar(actor=ada, user=ada, upload=upload)
