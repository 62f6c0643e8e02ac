import pytest
from django.test import Client

from books.services.comments import post_comment
from livrya.accounts.models import Follow, LoginSession, User
from livrya.accounts.services.blocking import mute
from social.models import Report
from tests.livrya.accounts.people import person
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


def test_unknown_addresses_get_a_page_in_the_sites_voice(db):
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()


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


def test_comments_of_people_kept_away_are_folded_and_others_can_be_reported(library):
    troll = person("troll")
    chapter = library.chapters[0]
    said = post_comment(actor=troll, chapter_id=chapter.pk, text="Go away!")
    client = signed_in(library.reader)
    address = f"/books/{library.book.slug}/{chapter.number}/"
    shown = client.get(address).content.decode()
    assert "comment__away" not in shown
    assert f'href="/report/comment/{said.pk}/"' in shown
    mute(actor=library.reader, user=troll)
    shown = client.get(address).content.decode()
    assert f'away="{troll.pk}"' in shown
    assert '<details class="comment__away">' in shown
    assert "/report/" not in Client().get(address).content.decode()


def test_a_report_is_filed_from_its_page_and_what_is_not_there_cannot_be(library):
    client = signed_in(library.reader)
    address = f"/report/person/{library.author.pk}/"
    assert "Ines Marrow" in client.get(address).content.decode()
    assert "field--wrong" in client.post(address, {"reason": " "}).content.decode()
    answer = client.post(address, {"reason": "She is rude."}, follow=True)
    assert answer.redirect_chain == [("/people/ines/", 302)]
    assert "The moderators will look at it" in answer.content.decode()
    assert Report.objects.get().reason == "She is rude."
    assert client.get("/report/comment/999999/").status_code == 404
    assert client.get("/report/whale/1/").status_code == 400
    assert Client().get(address).status_code == 302
