"""Reports by themselves: one that waits for each who reports a thing."""

import pytest
from django.db import IntegrityError, transaction

from social.models import Report
from tests.books.library import somebody

pytestmark = pytest.mark.django_db


def test_one_report_of_a_thing_waits_and_more_may_follow_when_it_is_settled() -> None:
    facts = {"reporter": somebody(), "subject": somebody(), "kind": "comment", "target_id": 7, "reason": "x" * 100}
    first = Report.objects.create(**facts)
    assert str(first) == f"Comment 7: {'x' * 60}"
    for wrong in ({}, {"state": "odd"}, {"kind": "whale"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(**(facts | wrong))
    Report.objects.filter(pk=first.pk).update(state="dismissed")
    Report.objects.create(**facts)
    Report.objects.create(**(facts | {"reporter": somebody()}))
