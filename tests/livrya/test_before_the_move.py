"""A database that was made before the apps moved into floors goes on: nothing that it calls by name has gone.

`before_the_move.json` holds what was recorded then.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks.base import Task

from livrya.site.jobs.queue import MOVED
from realtime.contracts import EVENTS
from tests.commands import ROOT

pytestmark = pytest.mark.either_database

BEFORE = json.loads(Path(__file__).with_name("before_the_move.json").read_text())

UPGRADE = """
import json, sys
import django
django.setup()
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

before = json.load(open(sys.argv[1]))
ours = {label.partition(".")[0] for label in before["migrations"]}
recorded = {tuple(name.split(".")) for name in before["migrations"]}

executor = MigrationExecutor(connection)
others = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] not in ours]
last = {label: (label, name) for label, name in sorted(recorded)}  # numbered: the highest of each app wins
executor.migrate([*last.values(), *others])
applied = {name for name in MigrationRecorder(connection).applied_migrations() if name[0] in ours}
assert applied == recorded, applied ^ recorded
old = MigrationExecutor(connection).loader.project_state(list(last.values())).apps
person = old.get_model("accounts", "User").objects.create(username="ada", password="!")
for model in before["models"]:
    label, _, name = model.partition(".")
    ContentType.objects.get_or_create(app_label=label, model=name)
kept = dict(ContentType.objects.values_list("pk", "model"))

call_command("migrate", verbosity=0)

from livrya.accounts.models import User
from livrya.site.jobs.queue import run_one
from django_tasks_db.models import DBTaskResult
from notifications import fan_out

assert User.objects.get().pk == person.pk
gone = [one.model for one in ContentType.objects.filter(pk__in=kept) if one.model_class() is None]
assert gone == [], gone
assert set(before["tables"]) <= set(connection.introspection.table_names())

for path in before["jobs"]:
    DBTaskResult.objects.create(
        task_path=path, args_kwargs={"args": [], "kwargs": {}}, backend_name="default", queue_name="default"
    )
while run_one("w"):
    pass
print(json.dumps({row.task_path: row.exception_class_path for row in DBTaskResult.objects.all()}))
"""


def test_such_a_database_migrates_and_its_jobs_find_their_code(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", UPGRADE, str(Path(__file__).with_name("before_the_move.json"))],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path / 'old.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "livrya.settings",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    ended = json.loads(ran.stdout.splitlines()[-1])
    assert ended.pop("livrya.site.jobs.entries.forget_old_history") == ""
    # Called as no job was queued: that they ask for what is missing shows that they were found.
    assert set(ended.values()) == {"builtins.TypeError"}, ended


@pytest.mark.parametrize("path", BEFORE["jobs"])
def test_a_queued_job_is_found(path: str) -> None:
    assert isinstance(import_string(MOVED.get(path, path)), Task)


def test_every_move_of_a_job_leads_from_where_it_was() -> None:
    assert set(MOVED) <= set(BEFORE["jobs"])


def test_who_is_signed_in_stays_so_and_what_stands_in_the_log_is_declared() -> None:
    # A session names what signed it in; a log names its events.
    assert set(BEFORE["sign_ins"]) <= set(settings.AUTHENTICATION_BACKENDS)
    assert set(BEFORE["events"]) <= set(EVENTS)
