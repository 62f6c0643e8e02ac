"""Work that takes time or waits for its time: background jobs and the schedule.

A job is a function marked `@django_tasks.task()`; enqueued inside `realtime.atomic()` it is a row committed with
the fact that caused it. One runner per installation carries jobs out, AT LEAST once: a job that was cut
short begins again, so it must be idempotent, keep a cursor where it is long, and take ids rather than objects.
"""

from livrya.site.jobs.process import start_runner, stop_runner

__all__ = ["start_runner", "stop_runner"]
