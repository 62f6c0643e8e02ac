import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from books.services.releases import schedule_chapter
from livrya.site.jobs import start_runner, stop_runner
from livrya.site.jobs.process import LEASE
from realtime.models import Lease
from tests.books.library import book, draft

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_scheduled_chapter_comes_out_by_itself_and_not_before_its_time():
    chapter = draft(book())
    moment = timezone.now() + timedelta(seconds=1.5)
    schedule_chapter(actor=None, chapter_id=chapter.pk, publish_at=moment)
    start_runner()
    start_runner()  # once is enough; twice is harmless
    try:
        assert sum(thread.name == "jobs-keeper" for thread in threading.enumerate()) == 1
        for _ in range(400):
            chapter.refresh_from_db()
            if chapter.is_published:
                break
            threading.Event().wait(0.05)
    finally:
        assert stop_runner(timeout=10)
    assert chapter.is_published
    assert chapter.published_at >= moment
    connection.close()


def test_a_stopped_runner_leaves_the_lease_to_the_next():
    start_runner()
    for _ in range(400):
        if Lease.objects.filter(name=LEASE, expires_at__gt=timezone.now()).exists():
            break
        threading.Event().wait(0.05)
    assert stop_runner(timeout=10)
    assert not Lease.objects.filter(name=LEASE, expires_at__gt=timezone.now()).exists()
    assert not any(thread.name.startswith("jobs-") for thread in threading.enumerate())
