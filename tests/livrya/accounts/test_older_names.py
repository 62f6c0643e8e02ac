"""Names that looked alike before the rule: the migration keeps them all, and lets nobody join them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from livrya.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = ("accounts", "0004_names_that_look_alike"), ("accounts", "0005_names_that_look_alike_once")


def migrate(target: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    return executor.migrate([target]).apps


@pytest.fixture
def older() -> Iterator[Any]:
    try:
        yield migrate(BEFORE).get_model("accounts", "User").objects
    finally:
        migrate(AFTER)


def test_the_oldest_has_the_name_and_the_others_keep_theirs(older: Any) -> None:
    for name in ("ada", "bob", "a.da", "AD_A", "b.ob", "carl"):
        older.create(username=name)
    migrate(AFTER)
    marked = User.objects.filter(folded_as_another=True).order_by("pk")
    assert list(marked.values_list("username", flat=True)) == ["a.da", "AD_A", "b.ob"]
    for name in ("a-da", "car.l"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create(username=name)
