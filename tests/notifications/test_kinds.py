"""The kinds of notification, which apps declare."""

import pytest

from notifications import kinds
from notifications.kinds import Kind
from tests.notifications.remarks import remark

__all__ = ["remark"]

pytestmark = pytest.mark.either_database


def test_a_declared_kind_is_known_by_its_code_after_those_before_it(remark: Kind) -> None:
    assert kinds.KINDS["REMARK"] == remark == Kind("REMARK", "A remark")
    assert list(kinds.KINDS)[-1] == "REMARK"


def test_no_kind_is_declared_twice() -> None:
    with pytest.raises(TypeError, match="REMARK"):
        kinds.declare("REMARK", "Another")
    assert kinds.KINDS["REMARK"].label == "A remark"
