"""What the templates of the pages are given beyond Django."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from livrya.site.templatetags import livrya as tags
from realtime.positions import Position


def rendered(template: str, request: HttpRequest, **context: object) -> str:
    return Template("{% load livrya %}" + template).render(Context({"request": request, **context}))


@pytest.fixture
def request_of_nobody(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def test_paragraphs_carry_their_id_whatever_they_are() -> None:
    pieces = ["<p>One.</p>", "<hr>", '<h2 lang="en">Two</h2>']
    assert tags.prose(pieces, ["a1", "b2", "c3"]) == (
        '<p id="p-a1" data-paragraph="a1">One.</p>\n<hr id="p-b2" data-paragraph="b2">\n'
        '<h2 id="p-c3" data-paragraph="c3" lang="en">Two</h2>'
    )
    # One id for a text of more paragraphs, or more ids than it has: all of the text is shown.
    assert tags.prose(pieces, ["a1"]).count("data-paragraph") == 1
    assert tags.prose(pieces[:1], ["a1", "b2"]) == '<p id="p-a1" data-paragraph="a1">One.</p>'


def test_the_chosen_look_stands_on_the_root_element(request_of_nobody: HttpRequest) -> None:
    request_of_nobody.COOKIES["appearance"] = "theme=night&size=22"
    assert rendered("<html{% appearance %}>", request_of_nobody) == '<html data-theme="night" data-size="22">'


@pytest.mark.parametrize("cookie", ["theme=pink", 'theme=night"onload=x', "size=1000", "%%%", "=", "other=1"])
def test_a_look_that_nobody_offers_is_left_out(request_of_nobody: HttpRequest, cookie: str) -> None:
    request_of_nobody.COOKIES["appearance"] = cookie
    assert rendered("<html{% appearance %}>", request_of_nobody) == "<html>"


def test_the_page_tells_its_scripts_up_to_where_it_shows(request_of_nobody: HttpRequest) -> None:
    html = rendered("{% page_context %}", request_of_nobody, positions={"book:1": Position("e", 7)})
    known = json.loads(html.partition(">")[2].rpartition("<")[0])
    assert known["user"] is None
    assert known["positions"] == {"book:1": {"epoch": "e", "seq": 7}}
    assert known["csrf"]


def test_a_name_cannot_break_out_of_what_the_scripts_read(request_of_nobody: HttpRequest) -> None:
    request_of_nobody.user = SimpleNamespace(  # type: ignore[assignment]  # all that the tag asks of a person
        pk=1, username="</script><script>", is_staff=False, is_authenticated=True
    )
    assert "<script>" not in rendered("{% page_context %}", request_of_nobody)


@pytest.mark.parametrize(
    ("passed", "spoken"),
    [(timedelta(0), "just now"), (timedelta(minutes=3), "3 minutes ago"), (timedelta(hours=30), "1 day ago")],
)
def test_times_are_told_as_people_tell_them(passed: timedelta, spoken: str) -> None:
    assert spoken in tags.ago(timezone.now() - passed).replace("\xa0", " ")


def test_a_time_travels_in_milliseconds() -> None:
    assert tags.milliseconds(datetime(2026, 1, 1, tzinfo=UTC)) == "1767225600000"
    assert tags.milliseconds(None) == ""


def test_a_book_keeps_its_cover() -> None:
    book = SimpleNamespace(slug="the-lamp-room")
    assert tags.ink(book) == tags.ink(book) < tags.INKS
    assert len({tags.ink(SimpleNamespace(slug=f"book-{number}")) for number in range(200)}) == tags.INKS


@pytest.mark.parametrize(
    ("title", "fit"),
    [
        ("Ember", "short"),
        ("Greenwork", "medium"),
        ("Letters to a Lighthouse", "medium"),
        ("The Clockmaker’s Apprentice and the Nine Drowned Bells", "long"),
    ],
)
def test_long_titles_are_set_smaller(title: str, fit: str) -> None:
    assert tags.title_fit(title) == fit


def test_no_line_of_a_cover_ends_at_a_hyphen() -> None:
    assert tags.unbroken("Moby-Dick; or, The Whale") == "Moby\N{NON-BREAKING HYPHEN}Dick; or, The Whale"


@pytest.mark.parametrize(("name", "letters"), [("Ines Marrow", "IM"), ("tom", "T"), ("水城 瑞希", "水瑞"), ("", "?")])
def test_people_without_a_picture_have_letters(name: str, letters: str) -> None:
    assert tags.initials(name) == letters
