"""Threads for requests: kept, each for one request at a time."""

import threading
from concurrent.futures import Future

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

from livrya.site import request_threads
from livrya.site.handler import Handler
from livrya.site.request_threads import RequestThreads

pytestmark = pytest.mark.either_database


def ident(threads: RequestThreads) -> int:
    with threads.one() as thread:
        return thread.submit(threading.get_ident).result(10)


def test_one_request_after_the_other_has_the_same_thread() -> None:
    threads = RequestThreads()
    assert ident(threads) == ident(threads)


def test_requests_at_once_have_a_thread_each() -> None:
    threads = RequestThreads()
    with threads.one() as one, threads.one() as other:
        assert one.submit(threading.get_ident).result(10) != other.submit(threading.get_ident).result(10)


def test_who_goes_away_leaves_a_thread_that_works_to_nobody_until_it_is_done() -> None:
    threads, goes_on = RequestThreads(), threading.Event()
    with threads.one() as thread:
        busy = thread.submit(threading.get_ident).result(10)
        left: Future[bool] = thread.submit(goes_on.wait, 30)
    assert ident(threads) != busy
    goes_on.set()
    assert left.result(10)
    # Given back by the thread itself, right after the result.
    thread.shutdown()
    with threads.one() as latest:
        assert latest is thread


def test_what_is_called_off_while_it_waits_says_nothing_of_what_is_under_way() -> None:
    threads, goes_on = RequestThreads(), threading.Event()
    with threads.one() as thread:
        busy = thread.submit(threading.get_ident).result(10)
        left: Future[bool] = thread.submit(goes_on.wait, 30)
        assert thread.submit(threading.get_ident).cancel()
    assert ident(threads) != busy
    goes_on.set()
    assert left.result(10)
    thread.shutdown()
    with threads.one() as latest:
        assert latest is thread


def test_who_is_given_up_on_keeps_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(
        BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _: given_back.append(threading.get_ident())
    )
    threads, goes_on = RequestThreads(), threading.Event()

    def work() -> int:
        assert connection.alias in connections
        assert goes_on.wait(30)
        return threading.get_ident()

    with threads.one() as thread:
        working = thread.submit(work)
    goes_on.set()
    thread.shutdown()
    assert given_back == [working.result(10)]


def test_no_more_are_kept_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_threads, "KEPT", 1)
    threads = RequestThreads()
    with threads.one() as kept, threads.one() as dropped:
        pass
    # The inner one ends first and is kept; the outer one is told to end.
    assert kept is not dropped
    with pytest.raises(RuntimeError, match="shutdown"):
        kept.submit(threading.get_ident)
    assert dropped.submit(threading.get_ident).result(10)


class Asked(Handler):
    """Answers with the thread that it works in."""

    def get_response(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(threading.get_ident()))


async def test_pages_begin_no_thread_once_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop waits for every thread that it begins, and behind whoever has the interpreter."""
    handler, begun = Asked(), []
    begin = threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (begun.append(thread), begin(thread)))
    bodies = set()
    for _ in range(3):
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": [],
        }
        asked = ApplicationCommunicator(handler, scope)
        await asked.send_input({"type": "http.request"})
        assert (await asked.receive_output(10))["status"] == 200
        bodies.add((await asked.receive_output(10))["body"])
        await asked.wait()
    assert len(begun) == len(bodies) == 1
