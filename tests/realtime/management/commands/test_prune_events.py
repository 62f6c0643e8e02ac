"""Old history goes by a command."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.realtime.log.history import speak

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_command_prunes() -> None:
    speak(1, 3, days_ago=10)
    output = StringIO()
    call_command("prune_events", days=5, stdout=output)
    assert output.getvalue() == "Removed 3 events, 0 answers to commands and 0 tickets.\n"
