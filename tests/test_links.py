"""What the check of the documentation finds."""

import pytest

from tests.links import functions_of, missing_tests

FILES = ["tests/realtime/hub/test_roles.py", "frontend/tests/realtime/log.test.ts"]


@pytest.mark.parametrize(
    "written",
    [
        "`tests/realtime/hub/test_roles.py`",
        "`hub/test_roles.py`, `test_roles.py`",
        "`tests/realtime/`, `tests/realtime/hub`",
        "`pytest tests/realtime/hub/test_roles.py::test_a_role`",
        "`test_a_role` (`frontend/tests/realtime/log.test.ts`)",
        "test_in_plain_words",
        "```py\ndef test_an_example(): ...\n```",
    ],
)
def test_what_is_there_is_not_complained_of(written: str) -> None:
    assert missing_tests(written, FILES, {"test_a_role"}) == []


@pytest.mark.parametrize(
    ("written", "missing"),
    [
        ("`tests/realtime/hub/test_rules.py`", "tests/realtime/hub/test_rules.py"),
        ("`tests/real/`", "tests/real/"),
        ("`pytest hub/test_rules.py -x`", "hub/test_rules.py"),
        ("the same, `test_a_rule`", "test_a_rule"),
        ("`frontend/tests/log.test.ts`", "frontend/tests/log.test.ts"),
    ],
)
def test_what_is_gone_is_named(written: str, missing: str) -> None:
    assert missing_tests(written, FILES, {"test_a_role"}) == [missing]


def test_tests_are_found_wherever_they_stand(tmp_path) -> None:
    file = tmp_path / "test_roles.py"
    file.write_text("async def test_one(): ...\nclass Some:\n    def test_two(self): ...\ndef helper(): ...\n")
    assert functions_of([file]) == {"test_one", "test_two"}
