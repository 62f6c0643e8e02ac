"""Signing up, profiles and settings, without scripts."""

import pytest
from django.test import Client

from livrya.accounts.models import Follow, User
from tests.livrya.site.pages.conftest import PASSWORD, signed_in


def test_signing_up_signs_in_and_goes_where_one_wanted(db):
    client = Client()
    form = {"username": "noor", "password1": PASSWORD, "password2": PASSWORD, "next": "/books/"}
    assert client.post("/sign-up/", form).headers["Location"] == "/books/"
    assert "Welcome back, noor" in client.get("/").content.decode()


def test_signing_up_never_leads_off_the_site(db):
    form = {"username": "noor", "password1": PASSWORD, "password2": PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/sign-up/", form).headers["Location"] == "/"


@pytest.mark.parametrize("username", ["TOM", "", "a b", "x" * 151])
def test_a_name_that_will_not_do_is_said_at_its_field(library, username):
    form = {"username": username, "password1": PASSWORD, "password2": PASSWORD}
    answer = Client().post("/sign-up/", form)
    assert answer.status_code == 200
    assert "field--wrong" in answer.content.decode()
    assert User.objects.count() == 2


def test_a_profile_shows_only_what_the_visitor_may_see(library):
    page = Client().get("/people/ines/").content.decode()
    assert "Ines Marrow" in page
    assert "The Lamp Room" in page
    assert Client().get("/people/nobody/").status_code == 404


def test_following_somebody_and_stopping(library):
    client = signed_in(library.reader)
    client.post("/people/ines/follow/", {"follow": "1"})
    assert Follow.objects.filter(follower=library.reader, followed=library.author).exists()
    client.post("/people/ines/follow/", {"follow": "0"})
    assert not Follow.objects.exists()


def test_settings_change_profile_and_privacy(library):
    client = signed_in(library.reader)
    client.post("/settings/", {"section": "profile", "display_name": "Tom K.", "bio": "Reads at night."})
    client.post("/settings/", {"section": "privacy", "hide_reading": "on"})
    library.reader.refresh_from_db()
    assert (str(library.reader), library.reader.hide_reading, library.reader.hide_online) == ("Tom K.", True, False)


def test_a_new_password_keeps_this_browser_signed_in_and_ends_the_others(library):
    here, there = signed_in(library.reader), signed_in(library.reader)
    new = "the-sea-is-wide-9"
    here.post(
        "/settings/",
        {"section": "password", "old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert here.get("/settings/").status_code == 200
    assert there.get("/settings/").status_code == 302


def test_somebody_is_kept_away_from_their_page_and_let_back_in_the_settings(library):
    client = signed_in(library.reader)
    for act in ("mute", "block"):
        client.post("/people/ines/keep-away/", {"act": act})
    page = client.get("/people/ines/").content.decode()
    assert "You have blocked Ines Marrow." in page
    assert "lv-follow" not in page
    settings = client.get("/settings/").content.decode()
    assert settings.count("Ines Marrow") >= 2
    for act in ("unmute", "unblock"):
        answer = client.post("/people/ines/keep-away/", {"act": act, "settings": ""})
        assert answer.headers["Location"] == "/settings/"
    assert "Kept away" not in client.get("/settings/").content.decode()
    assert client.post("/people/ines/keep-away/", {"act": "eat"}).status_code == 302
