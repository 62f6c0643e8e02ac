"""Behind a restored backup nobody goes on from where they were."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.realtime.log.history import head, speak

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_new_epoch_makes_every_position_of_before_worthless() -> None:
    speak(1, 2)
    speak(2, 1)
    before = head(1)
    output = StringIO()
    call_command("realtime_new_epoch", stdout=output)
    assert output.getvalue().startswith("Gave 2 rooms a new epoch")
    assert (head(1).seq, head(1).epoch == before.epoch) == (3, False)  # the third tells running servers
    assert not head(1).recovers(before.position)
