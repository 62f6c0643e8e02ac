"""Who gets a bell's events."""

from notifications.events import NotificationsRoom
from notifications.policies import own_bell
from realtime.identity import ANONYMOUS, Identity
from realtime.rooms import Grant


def test_a_bell_is_its_owners_alone_also_where_staff_ask() -> None:
    own, other = NotificationsRoom(7), NotificationsRoom(8)
    for identity in (Identity(7), Identity(7, is_staff=True)):
        assert own_bell(identity, [own, other]) == {own: Grant(), other: None}
    assert own_bell(ANONYMOUS, [own, other]) == {own: None, other: None}
