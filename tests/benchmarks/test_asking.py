"""What a process asks of its database is counted, and for whom."""

from functools import partial

import pytest

from benchmarks.asking import counted
from livrya.accounts.models import User
from livrya.accounts.selectors import muted_ids
from realtime.hub.threads import DatabaseThreads
from realtime.log.snapshots import snapshot

pytestmark = pytest.mark.either_database


@pytest.mark.django_db(transaction=True)
async def test_calls_statements_and_transactions_are_counted_for_who_asks() -> None:
    def together() -> None:
        with snapshot():
            muted_ids(1)
            muted_ids(2)

    threads = DatabaseThreads("counted", 1, keep=True)
    with counted() as asked:
        await threads.run(partial(muted_ids, 1))
        await threads.run(together)
        await threads.run(list, User.objects.all())
    await threads.stop()
    own = f"{__name__}.{together.__qualname__}"
    assert asked.calls == {"livrya.accounts.selectors.muted_ids": 1, own: 1, "builtins.list": 1}
    assert asked.statements["livrya.accounts.selectors.muted_ids"] == 3
    assert asked.transactions["livrya.accounts.selectors.muted_ids"] == 1
    assert asked.transactions["realtime.log.snapshots._reading_transaction"] == 1
    assert len(asked.texts) == sum(asked.statements.values())
