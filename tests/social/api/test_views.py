"""What the views of groups over HTTP have in common."""

import msgspec
import pytest
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from livrya.accounts.models import User
from social.api.views import ListView
from social.models import Group
from tests.social.rooms import group

pytestmark = pytest.mark.django_db


class Named(msgspec.Struct, rename="camel"):
    group_name: str


class Groups(ListView):
    throttle_classes = ()
    order = ("name",)

    def get(self, request: object) -> Response:
        def show(found: list[Group]) -> list[Named]:
            return [Named(one.name) for one in found]

        return self.page(request, Group.objects.all(), show, total=Group.objects.count)


def ask(user: User | None, **query: object) -> Response:
    request = APIRequestFactory().get("/", query)
    if user is not None:
        force_authenticate(request, user)
    return Groups.as_view()(request)


def test_a_list_comes_in_pages_in_its_order_with_what_stands_beside_it() -> None:
    for name in ("Wick", "Oil", "Lamp"):
        group(name=name)
    first = ask(User(pk=1), limit=2).data
    assert (first["results"], first["total"]) == ([{"groupName": "Lamp"}, {"groupName": "Oil"}], 3)
    assert ask(User(pk=1), limit=2, cursor=first["next"]).data == {
        "results": [{"groupName": "Wick"}],
        "next": None,
        "total": 3,
    }


def test_groups_are_for_people_who_are_signed_in() -> None:
    assert ask(None).status_code == 401
