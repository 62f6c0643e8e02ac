"""What is told of the facts of accounts, and to whom."""

from collections.abc import Callable

import pytest

from livrya.accounts.events import BlockChanged, FollowChanged, MuteChanged, ProfileChanged, as_person
from livrya.accounts.models import User
from livrya.accounts.services import blocking, following, people
from realtime.contracts import Payload
from realtime.log.revocation import Revoked
from realtime.testing.capture import capture_events
from tests.livrya.accounts.people import person

pytestmark = pytest.mark.django_db

OF_ACCOUNTS = (BlockChanged, FollowChanged, MuteChanged, ProfileChanged)


def told(act: Callable[[], object]) -> list[tuple[str, Payload]]:
    """Returns what accounts tell of the act; other apps tell more of it."""
    with capture_events() as captured:
        act()
    return [(room, event) for room, event in captured.emitted() if isinstance(event, OF_ACCOUNTS)]


def revoked(act: Callable[[], object]) -> set[str]:
    """Returns whose permissions are asked for anew because of the act."""
    with capture_events() as captured:
        act()
    return {room for room, event in captured.emitted() if isinstance(event, Revoked)}


@pytest.fixture
def ada(db: None) -> User:
    return person("ada")


@pytest.fixture
def bob(db: None) -> User:
    return person("bob")


@pytest.mark.parametrize(
    ("begin", "end", "event"),
    [
        (following.follow, following.unfollow, lambda on: FollowChanged(0, username="bob", following=on)),
        (blocking.block, blocking.unblock, lambda on: BlockChanged(0, username="bob", blocked=on)),
        (blocking.mute, blocking.unmute, lambda on: MuteChanged(0, username="bob", muted=on)),
    ],
    ids=["follow", "block", "mute"],
)
def test_what_one_does_about_somebody_is_told_to_ones_own_devices_alone(
    begin: Callable[..., object], end: Callable[..., object], event: Callable[[bool], Payload], ada: User, bob: User
) -> None:
    for act, on in ((begin, True), (end, False)):
        [(room, heard)] = told(lambda act=act: act(actor=ada, user=bob))
        assert room == f"user:{ada.pk}"
        assert (heard.user_id, heard.username) == (bob.pk, "bob")
        assert vars_of(heard) == vars_of(event(on)) | {"user_id": bob.pk}


def vars_of(event: Payload) -> dict[str, object]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


def test_who_blocks_and_who_is_blocked_see_rooms_with_other_eyes(ada: User, bob: User) -> None:
    both = {f"user:{ada.pk}", f"user:{bob.pk}"}
    assert revoked(lambda: blocking.block(actor=ada, user=bob)) == both
    assert revoked(lambda: blocking.unblock(actor=ada, user=bob)) == both


def test_a_changed_profile_is_told_as_others_see_it(ada: User) -> None:
    [(room, heard)] = told(lambda: people.update_profile(actor=ada, user=ada, display_name="Ada L."))
    ada.refresh_from_db()
    assert (room, heard) == (f"user:{ada.pk}", ProfileChanged(person=as_person(ada)))
    assert heard.person.display_name == "Ada L."
