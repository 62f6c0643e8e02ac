"""Commands about people: answered here, heard on the other devices."""

import pytest

from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import person

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

somebody = in_thread(person)


async def test_following_is_answered_and_heard_on_the_other_device(enter: Enter) -> None:
    ada, bob = await somebody("ada"), await somebody("bob")
    here, there, author = await enter(bob), await enter(bob), await enter(ada)
    answer = await here.tell("user:follow", {"userId": ada.pk})
    assert answer == {"userId": ada.pk, "following": True}
    assert (await there.event("follow:changed"))["payload"] == {
        "userId": ada.pk,
        "username": "ada",
        "following": True,
    }
    payload = (await author.event("notification"))["payload"]
    assert (payload["type"], payload["userId"], payload["url"]) == ("NEW_FOLLOWER", bob.pk, "/people/bob/")
    await here.tell("user:unfollow", {"userId": ada.pk})
    assert (await there.event("follow:changed"))["payload"]["following"] is False


@pytest.mark.parametrize(
    ("user_id", "code"), [(0, "VALIDATION"), (2**63, "VALIDATION"), (999_999, "NOT_FOUND"), ("self", "VALIDATION")]
)
async def test_following_nobody_is_refused(enter: Enter, user_id: object, code: str) -> None:
    ada = await somebody("ada")
    client = await enter(ada)
    answer = await client.ask("user:follow", {"userId": ada.pk if user_id == "self" else user_id})
    assert answer["error"]["code"] == code


async def test_the_anonymous_follow_nobody(enter: Enter) -> None:
    ada = await somebody("ada")
    answer = await (await enter()).ask("user:follow", {"userId": ada.pk})
    assert answer["error"]["code"] == "UNAUTHENTICATED"


async def test_blocking_and_muting_are_answered_and_heard_on_the_other_device_alone(enter: Enter) -> None:
    ada, bob = await somebody("ada"), await somebody("bob")
    here, there, other = await enter(ada), await enter(ada), await enter(bob)
    for name, field in (("block", "blocked"), ("mute", "muted")):
        for command, on in ((f"user:{name}", True), (f"user:un{name}", False)):
            assert await here.tell(command, {"userId": bob.pk}) == {"userId": bob.pk, field: on}
            payload = (await there.event(f"{name}:changed"))["payload"]
            assert payload == {"userId": bob.pk, "username": "bob", field: on}
    assert {frame["type"] for frame in other.events()} <= {"hidden"}
