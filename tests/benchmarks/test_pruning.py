"""The history that the benchmark of pruning makes is one, on either database."""

import pytest

from benchmarks.pruning import _fill
from realtime.log.retention import prune
from realtime.models import Event, RoomHead


@pytest.mark.django_db(transaction=True)
def test_all_that_was_filled_in_is_old_and_goes() -> None:
    _fill(10, 70)
    assert prune().events == 10 * 5 + 70
    assert not Event.objects.exists()
    assert set(RoomHead.objects.values_list("seq", "min_seq")) == {(5, 6), (70, 71)}
