"""What every page's frame shows."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from livrya.accounts.services.following import follow
from livrya.site.pages.context import frame
from tests.social import rooms


def test_the_frame_counts_what_is_unread_and_asks_only_where_it_is_shown(
    library, rf: RequestFactory, django_assert_num_queries
):
    group = rooms.group(library.author)
    rooms.member_of(group, library.reader)
    rooms.message(group)
    follow(actor=library.author, user=library.reader)
    request = rf.get("/")
    request.user = library.reader
    with django_assert_num_queries(0):
        shown = frame(request)
    assert (shown["unread_notifications"], shown["unread_rooms"]) == (1, 1)


def test_nobody_has_anything_unread_nor_who_is_not_known_yet():
    nobody = HttpRequest()
    nobody.user = AnonymousUser()
    for request in (nobody, HttpRequest()):
        assert frame(request) == {"unread_notifications": 0, "unread_rooms": 0}
