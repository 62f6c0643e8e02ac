"""The repository's own pages, as the site shows them."""

import re

import pytest
from django.test import Client

from livrya.site.pages.manual import EXAMPLES, SOURCES, _address, anchor, rendered

LINK = re.compile(r'href="([^"]+)"')


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SOURCES)
def test_every_link_of_the_manual_leads_somewhere_on_the_site(slug):
    page = rendered(slug)
    places = {slug: set(re.findall(r'id="([^"]+)"', page.html)) for slug in SOURCES for page in [rendered(slug)]}
    assert {heading.anchor for heading in page.headings} <= places[slug]
    for href in LINK.findall(page.html):
        path, _, fragment = href.partition("#")
        target = path.removeprefix("/developers/").strip("/") or slug
        assert target in SOURCES, href
        assert not fragment or fragment in places[target], href


@pytest.mark.django_db
def test_the_examples_are_there_to_be_copied():
    page = rendered("examples").html
    for name in EXAMPLES:
        assert f'<h2 id="{name.replace(".", "")}">{name}</h2>' in page
    assert Client().get("/developers/nothing/").status_code == 404


@pytest.mark.either_database
def test_headings_are_found_under_the_fragments_that_forges_give_them():
    assert anchor(" What it *is*, and why! ") == "what-it-is-and-why"
    page = rendered("protocol")
    assert page.title
    assert page.title not in [heading.text for heading in page.headings]
    assert {heading.level for heading in page.headings} == {2}
    assert {heading.level for heading in rendered("events").headings} == {2, 3}
    for slug in SOURCES:
        places = re.findall(r' id="([^"]+)"', rendered(slug).html)
        assert len(places) == len(set(places)), slug
    with pytest.raises(KeyError):
        rendered("nothing")


@pytest.mark.either_database
def test_a_link_to_what_the_manual_does_not_have_is_a_mistake():
    page = SOURCES["protocol"]
    assert _address("codes.md#closes", page) == "/developers/codes/#closes"
    assert _address("#here", page) == "#here"
    assert _address("https://example.org/", page) == "https://example.org/"
    with pytest.raises(LookupError, match=r"architecture\.md"):
        _address("architecture.md", page)
