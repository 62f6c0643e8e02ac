"""A ticket lets one connection in, once, within a minute."""

from functools import partial

import pytest

from realtime.errors import ApplicationError, Unauthenticated
from realtime.identity import Identity
from realtime.models import Ticket
from realtime.sessions import tickets
from tests.realtime.threads import PATIENCE_S, threads_of

pytestmark = pytest.mark.django_db(transaction=True)

READER = Identity(user_id=7, username="ada", credential="session:abc", expires_at_ms=123)


def test_a_ticket_lets_its_person_in_once() -> None:
    ticket = tickets.issue_ticket(READER)
    assert tickets.redeem(ticket) == READER
    with pytest.raises(Unauthenticated):
        tickets.redeem(ticket)


def test_an_expired_or_invented_ticket_lets_nobody_in() -> None:
    ticket = tickets.issue_ticket(READER)
    Ticket.objects.update(expires_at_ms=1)
    for candidate in (ticket, "invented", ""):
        with pytest.raises(Unauthenticated):
            tickets.redeem(candidate)


def test_the_database_does_not_know_the_ticket() -> None:
    ticket = tickets.issue_ticket(READER)
    assert ticket not in str(Ticket.objects.values().get())


def test_of_many_who_try_at_once_one_comes_in() -> None:
    ticket = tickets.issue_ticket(READER)

    def redeem() -> bool:
        try:
            return tickets.redeem(ticket) == READER
        except ApplicationError:
            return False

    with threads_of(6) as threads:
        tried = [threads.run(partial(redeem)) for _ in range(6)]
        assert [future.result(PATIENCE_S) for future in tried].count(True) == 1
