"""Who makes announcements, and who gets them."""

import pytest

from livrya.site.announcements.events import BroadcastRoom
from livrya.site.announcements.policies import require_announcer
from realtime.errors import Forbidden
from realtime.identity import ANONYMOUS
from realtime.rooms import authorise
from tests.livrya.staff import staff as staff_with

pytestmark = pytest.mark.django_db


def test_everybody_may_enter_the_room():
    assert authorise(ANONYMOUS, [BroadcastRoom()])[BroadcastRoom()] is not None


def test_staff_announce_with_the_permission_and_so_does_the_system(staff, reader):
    require_announcer(None)
    require_announcer(staff)
    require_announcer(staff_with("announcements.add_announcement"))
    for nobody in (reader, staff_with(), staff_with("announcements.view_announcement")):
        with pytest.raises(Forbidden):
            require_announcer(nobody)
