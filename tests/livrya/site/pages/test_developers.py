"""What those who build clients find on the site: the repository's own pages, beside the REST API."""

import re

import pytest
from django.test import Client

from realtime.exporting.catalogue import catalogue

LINK = re.compile(r'href="([^"]+)"')


def text_of(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.django_db
def test_rest_and_live_events_stand_side_by_side_and_lead_to_each_other():
    rest, live = "/api/v1/docs/", "/developers/events/"
    first = LINK.findall(text_of("/developers/"))
    assert {rest, live, "/developers/protocol/", "/developers/asyncapi.json", "/api/v1/schema/"} <= set(first)
    assert {"/developers/", live} <= set(LINK.findall(text_of(rest)))
    assert {"/developers/", rest} <= set(LINK.findall(text_of(live)))


@pytest.mark.django_db
def test_the_pages_say_what_the_contracts_say():
    page = text_of("/developers/events/")
    document = Client().get("/developers/asyncapi.json").json()
    assert document["asyncapi"] == "3.0.0"
    expected = {message["payload"].get("$ref") for message in document["components"]["messages"].values()}
    for contract in (*catalogue().commands, *catalogue().events):
        if not contract.payload.__module__.startswith("tests."):
            assert f"<code>{contract.name}</code></h3>" in page
            assert f"#/components/schemas/{contract.payload.__name__}" in expected
    assert "<!--" not in page.split("manual__text")[1]
    places = re.findall(r' id="([^"]+)"', page)
    assert len(places) == len(set(places))
