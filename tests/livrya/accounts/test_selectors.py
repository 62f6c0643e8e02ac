"""What is read of people: who is there, who is apart from whom, and of many at once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from livrya.accounts import policies, selectors
from livrya.accounts.models import LoginSession, User
from livrya.accounts.selectors import staff_among
from livrya.accounts.services import blocking, following
from realtime.errors import NotFound, Unauthenticated
from realtime.identity import ANONYMOUS, Identity
from tests.livrya.accounts.people import browser, person
from tests.livrya.staff import staff

pytestmark = pytest.mark.django_db


def test_a_crowd_of_staff_is_judged_as_each_of_it() -> None:
    people = [
        staff(),
        staff("books.view_book"),
        staff("books.view_book", is_active=False),
        person("root", is_superuser=True),
    ]
    alone = {one.pk for one in people if policies.staff_may(one, "books.view_book")}
    assert staff_among(people, "books.view_book") == alone
    assert len(alone) == 2


def test_a_session_has_its_person_while_their_account_is_open() -> None:
    ada, closed = person("ada"), person("bob", is_active=False)
    assert selectors.signed_in(Identity(ada.pk)) == ada
    for identity in (ANONYMOUS, Identity(closed.pk), Identity(ada.pk + 1000)):
        with pytest.raises(Unauthenticated):
            selectors.signed_in(identity)


def test_people_are_found_by_name_whatever_its_case_and_by_id_unless_closed() -> None:
    ada, closed = person("Ada"), person("bob", is_active=False)
    assert selectors.person("aDA") == selectors.person_by_id(ada.pk) == ada
    for name in ("bob", "nobody", "a\0", "\u0430da"):
        with pytest.raises(NotFound):
            selectors.person(name)
    for number in (closed.pk, ada.pk + 1000):
        with pytest.raises(NotFound):
            selectors.person_by_id(number)


def test_a_profile_says_what_the_asker_has_made_of_somebody() -> None:
    ada, bob = person("ada"), person("bob")
    following.follow(actor=bob, user=ada)
    blocking.mute(actor=bob, user=ada)
    seen = selectors.profile("ada", bob)
    assert (seen.follower_count, seen.following_count) == (1, 0)
    assert (seen.is_followed, seen.is_blocked, seen.is_muted) == (True, False, True)
    for asker in (None, ada):
        seen = selectors.profile("ada", asker)
        assert (seen.is_followed, seen.is_blocked, seen.is_muted) == (None, None, None)


def test_who_has_closed_their_account_follows_nobody_in_the_lists() -> None:
    ada, bob, gone = person("ada"), person("bob"), person("gone")
    for reader in (bob, gone):
        following.follow(actor=reader, user=ada)
        following.follow(actor=ada, user=reader)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert [found.follower for found in selectors.followers(ada)] == [bob]
    assert [found.followed for found in selectors.following(ada)] == [bob]
    assert [found.followed for found in selectors.mutual_follows([ada.pk])] == [bob]


def test_of_many_each_is_kept_apart_as_if_asked_alone(django_assert_num_queries) -> None:
    ada, bob, eve, dan = (person(name) for name in ("ada", "bob", "eve", "dan"))
    blocking.block(actor=ada, user=bob)
    blocking.mute(actor=eve, user=ada)
    people = [ada.pk, bob.pk, eve.pk, dan.pk]
    with django_assert_num_queries(2):
        blocked, muted = selectors.blocked_among(people), selectors.muted_among(people)
    assert blocked == {one: found for one in people if (found := selectors.blocked_ids(one))}
    assert muted == {one: found for one in people if (found := selectors.muted_ids(one))}
    assert (blocked, muted) == ({ada.pk: {bob.pk}, bob.pk: {ada.pk}}, {eve.pk: {ada.pk}})
    assert selectors.apart(bob, ada)
    assert not selectors.apart(eve, ada)
    assert selectors.silent_between(ada.pk, people) == {bob.pk, eve.pk}
    assert selectors.kept_away(bob) == {ada.pk}
    assert selectors.kept_away(AnonymousUser()) == frozenset()


def test_sign_ins_are_listed_while_they_hold_the_last_used_first() -> None:
    ada = person("ada")
    first, second, over = (browser(ada).session for _ in range(3))
    LoginSession.objects.filter(session_key=over.session_key).update(expire_date=timezone.now())
    LoginSession.objects.filter(session_key=first.session_key).update(expire_date=timezone.now() + timedelta(days=99))
    assert [row.session_key for row in selectors.login_sessions(ada)] == [first.session_key, second.session_key]
