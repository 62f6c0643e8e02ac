"""What a client may send without points."""

import pytest

from realtime.people.limits.trifles import TRIFLES_AT_ONCE, TRIFLES_PER_SECOND, one_more

pytestmark = pytest.mark.either_database


def test_trifles_come_back_with_time() -> None:
    used, granted = 0.0, 0
    while (more := one_more(used, 1000.0)) is not None:
        used, granted = more, granted + 1
    assert granted == TRIFLES_AT_ONCE
    assert one_more(used, 1000.0 + 1.01 / TRIFLES_PER_SECOND) is not None
    for second in range(1000):
        used = one_more(used, 2000.0 + second) or pytest.fail("once a second is nothing")
