"""What happens when the same thing is done several times at once: it happens once."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest

from livrya.accounts.models import Follow, TokenFamily, User
from livrya.accounts.services import following, people, tokens
from livrya.accounts.sockets import SocketAuthenticator
from notifications import selectors, services
from realtime.errors import ApplicationError, ValidationFailed
from tests.livrya.accounts.people import PASSWORD, person
from tests.realtime.threads import threads_of

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 4


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Runs `work(0)`, `work(1)`, … at the same moment; returns what each returned or raised."""
    barrier = Barrier(TIMES)

    def run(number: int) -> Any:
        barrier.wait(30)
        try:
            return work(number)
        except ApplicationError as error:
            return error

    with threads_of(TIMES) as threads:
        running = [threads.run(lambda number=number: run(number)) for number in range(TIMES)]
        return [done.result(60) for done in running]


def test_following_at_once_is_one_follow() -> None:
    ada, bob = person("ada"), person("bob")
    results = at_once(lambda _: following.follow(actor=bob, user=ada))
    assert {result.pk for result in results} == {Follow.objects.get().pk}
    assert selectors.unread_count(ada) == 1


def test_one_of_several_who_want_a_name_gets_it() -> None:
    names = ["ada", "Ada", "ADA", "aDa"]
    results = at_once(lambda number: people.sign_up(username=names[number], password=PASSWORD))
    assert sorted(type(result) for result in results if isinstance(result, User)) == [User]
    refusals = [result for result in results if isinstance(result, ValidationFailed)]
    assert [set(refusal.details["fields"]) for refusal in refusals] == [{"username"}] * 3


def test_one_of_several_who_want_names_that_look_alike_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, refusal = Barrier(TIMES), people.name_refusal

    def all_at_once(username: str) -> str:
        sentence = refusal(username)
        asked.wait(30)  # everybody has asked before anybody has the name
        return sentence

    monkeypatch.setattr(people, "name_refusal", all_at_once)
    names = ["ada", "a.da", "A_DA", "ad-a"]
    results = at_once(lambda number: people.sign_up(username=names[number], password=PASSWORD))
    assert [type(result) for result in results if isinstance(result, User)] == [User]
    refusals = [result for result in results if isinstance(result, ValidationFailed)]
    assert [set(refusal.details["fields"]) for refusal in refusals] == [{"username"}] * 3
    assert User.objects.count() == 1


def test_tabs_that_rotate_at_once_all_stay_signed_in() -> None:
    first = tokens.issue(user=person("ada"))
    pairs = at_once(lambda _: tokens.rotate(refresh=first.refresh))
    door = SocketAuthenticator()
    assert door.still_valid([door.from_token(pair.access) for pair in pairs]) == [True] * TIMES
    for pair in pairs:
        tokens.rotate(refresh=pair.refresh)
    assert TokenFamily.objects.count() == 1


def test_what_happens_at_once_is_folded_into_one_notification() -> None:
    ada = person("ada")

    def tell(number: int) -> None:
        notice = services.Notice(
            kind="NEW_FOLLOWER", message=f"{number}", url="/", cause=f"cause {number}", about="ada", ref=""
        )
        services.notify(actor=None, recipients=[ada.pk], notice=notice)

    at_once(tell)
    assert [found.count for found in selectors.notifications_of(ada)] == [TIMES]
