"""What the library's views over HTTP have in common."""

import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from books.api.views import Listing, created, gone, viewer
from books.models import Tag
from livrya.accounts.models import User

pytestmark = pytest.mark.django_db


class Tags(Listing[Tag]):
    order = ("name",)
    queryset = Tag.objects.all()

    def get_serializer(self, rows: list[Tag], many: bool) -> object:
        class Shown:
            data = [tag.name for tag in rows]

        return Shown


def test_a_list_comes_in_pages_in_the_views_order_and_nothing_else_is_taken_from_the_address() -> None:
    for name in ("Whales", "Sea", "Land"):
        Tag.objects.create(name=name, slug=name.lower())
    ask = Tags.as_view(authentication_classes=(), permission_classes=(), throttle_classes=())
    first = ask(APIRequestFactory().get("/", {"limit": 2, "search": "Whales", "ordering": "-name"})).data
    assert first["results"] == ["Land", "Sea"]
    rest = ask(APIRequestFactory().get("/", {"limit": 2, "cursor": first["next"]})).data
    assert rest == {"results": ["Whales"], "next": None}


def test_who_looks_is_a_person_or_nobody() -> None:
    request = Request(APIRequestFactory().get("/"))
    request.user = AnonymousUser()
    assert viewer(request) is None
    request.user = ada = User(username="ada")
    assert viewer(request) is ada


def test_what_is_made_is_shown_and_what_is_gone_leaves_nothing() -> None:
    made = created({"id": 7})
    assert (made.status_code, made.data) == (201, {"id": 7})
    assert (gone().status_code, gone().data) == (204, None)
