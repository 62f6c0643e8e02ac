"""Where somebody is signed in, by what they would call it."""

import pytest
from django.test import Client

from livrya.accounts.models import LoginSession
from livrya.site.pages.devices import device_name, devices_of, remember_device
from tests.livrya.site.pages.conftest import PASSWORD, signed_in


def test_devices_are_listed_and_one_can_be_signed_out(library):
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    here = signed_in(library.reader)
    there = Client(headers={"user-agent": firefox})
    there.post("/sign-in/", {"username": "tom", "password": PASSWORD})
    page = here.get("/settings/").content.decode()
    assert "Firefox on Linux" in page
    assert "This one" in page
    other = LoginSession.objects.exclude(session_key=here.session.session_key).get(user=library.reader)
    assert signed_in(library.author).post("/settings/", {"section": "device", "fingerprint": other.fingerprint})
    assert there.get("/settings/").status_code == 200, "nobody signs out somebody else"
    here.post("/settings/", {"section": "device", "fingerprint": other.fingerprint})
    assert there.get("/settings/").status_code == 302
    assert here.get("/settings/").status_code == 200


SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/140.0 Safari/537.36 OPR/120.0", "Opera on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        (SAFARI, "Safari on iPhone"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_by_what_only_it_says(header, name):
    assert device_name(header) == name


def test_a_sign_in_from_before_it_was_noted_has_a_name_too(library):
    client = signed_in(library.reader)
    session = client.session
    del session["device"]
    session.save()
    [device] = devices_of(library.reader, session.session_key)
    assert (device.name, device.is_this_one) == ("A browser", True)
    assert [known.is_this_one for known in devices_of(library.reader, None)] == [False]


def test_who_signs_in_without_a_session_leaves_nothing_behind(rf):
    remember_device(request=None)
    remember_device(request=rf.get("/"))
