import pytest

# Its tests fail with the values that differ, as those in test modules do.
pytest.register_assert_rewrite("tests.realtime.people.processes.contract")
