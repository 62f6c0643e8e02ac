"""What is done with a crowd, and what is said about it: a line each."""

import http.client
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from benchmarks.scale.herd import Herd, Stats, percentile
from benchmarks.scale.servers import Site

BACK_WITHIN_S = 30.0
_PATIENCE_S = 90.0
"""For what is on its way to all; far beyond what a machine takes that keeps up."""
_STEP_S = 5.0
_SETTLING_S = 2.0
_SENDERS = 10


def say(line: str) -> None:
    """Prints at once, so that what was measured is there if the rest is not."""
    print(line, flush=True)


def come(site: Site, herd: Herd, what: str, **arguments: str) -> None:
    """Has all of them connect."""
    memory, cpu = site.running.memory_bytes(), site.running.cpu_seconds()
    seconds = herd.connect(**arguments)
    each_ms = (site.running.cpu_seconds() - cpu) / herd.size * 1000
    time.sleep(_SETTLING_S)
    each_kib = (site.running.memory_bytes() - memory) / herd.size / 1024
    say(
        f"| {what} connect | {herd.stats().ready:,} of {herd.size:,} up in {seconds:.0f} s, "
        f"{herd.size / seconds:,.0f} a second; server: {each_ms:.2f} ms of CPU and {each_kib:.1f} KiB each |"
    )


def hear(site: Site, herd: Herd, room: str, events: int) -> None:
    """Comments in the chapter that all of them follow, and counts what arrives."""
    herd.all("forget")
    cpu, before = site.running.cpu_seconds(), site.head(room)
    for number in range(events):
        comment(site, number)
        # In step: clients that are given more than they read in ten seconds answer no ping in time.
        _until(herd, lambda now, due=(number + 1) * herd.size: now.deliveries >= due, within_s=_STEP_S)  # type: ignore[misc]
    head = site.head(room)
    due = (head - before) * herd.size
    stats = _until(herd, lambda now: now.deliveries >= due, seq=head)
    each_us = (site.running.cpu_seconds() - cpu) / max(stats.deliveries, 1) * 1e6
    say(
        f"| {events} durable events to all of them | {stats.deliveries:,} of {due:,} deliveries, "
        f"{stats.disorder} out of order, {stats.behind} connections behind; {each_us:.1f} µs of the servers' CPU each, "
        f"p50 {percentile(stats.waited_ms, 0.5):.0f} ms, p99 {percentile(stats.waited_ms, 0.99):.0f} ms |"
    )


def lose_one(site: Site, herd: Herd, what: str, room: str = "") -> None:
    """Kills a process, and looks at who comes back and what the others feel; with `room` also at what was missed."""
    herd.all("forget")
    herd.all("ask")
    time.sleep(_SETTLING_S)
    quiet = herd.stats()
    herd.all("forget")
    lost_before = quiet.lost
    began = time.monotonic()
    site.kill_one()
    within: Stats | None = None
    if room:
        comment(site, 0)  # one, which who is away misses: more of them to so many are a load of their own
    now = quiet
    while (passed := time.monotonic() - began) < BACK_WITHIN_S or (now.ready < herd.size and passed < _PATIENCE_S):
        time.sleep(0.5)
        now = herd.stats()
        if within is None and (
            time.monotonic() - began >= BACK_WITHIN_S or (now.lost > lost_before and now.ready >= herd.size)
        ):
            within = now
        if within is now and now.ready >= herd.size:
            break
    assert within is not None
    lost = within.lost - lost_before
    seconds = time.monotonic() - began
    say(
        f"| one process killed: {what} | {lost - (herd.size - within.ready):,} of {lost:,} back within "
        f"{min(seconds, BACK_WITHIN_S):.0f} s, {herd.size - now.ready:,} missing after {seconds:.0f} s; "
        f"others' commands p50 {percentile(within.answered_ms, 0.5):.0f} ms, "
        f"p99 {percentile(within.answered_ms, 0.99):.0f} ms (before: {percentile(quiet.answered_ms, 0.99):.0f}) |"
    )
    if within.failures:
        say(f"| tries that failed | {dict(within.failures.most_common(4))} |")
    if room:
        stats = _until(herd, lambda now: not now.behind, seq=site.head(room))
        say(f"| a durable event meanwhile | {stats.behind} connections behind, {stats.disorder} out of order |")


def press_to_receive(herd: Herd, group: int, members: int, events: int) -> None:
    """Has a few members of a group talk in turn, and times every delivery from the press to the client."""
    senders = min(_SENDERS, members)
    herd.all("forget")
    for number in range(senders):
        herd.say(number, f'42/rooms,2["room:join",{{"roomId":{group}}}]')
    time.sleep(_SETTLING_S)
    for number in range(-senders, events):  # each sender's first message is not counted: it finds cold threads
        if number == 0:
            _until(herd, lambda now: now.deliveries >= senders * members)
            herd.all("forget")
        herd.say(number % senders, f'42/rooms,3["message:send",{{"roomId":{group},"text":"{number} at=AT;"}}]')
        time.sleep(1.0 if number >= 0 else 0.1)
    due = events * members
    stats = _until(herd, lambda now: now.deliveries >= due)
    times = ", ".join(f"p{part} {percentile(stats.waited_ms, part / 100):.0f} ms" for part in (50, 95, 99))
    arrived = f"{stats.deliveries:,} of {due:,} deliveries"
    say(f"| a message to a group of {members:,}, press to receive | {times}; {arrived} |")


def comment(site: Site, number: int) -> None:
    """Has a person comment over HTTP; who meets a process that has just been killed asks again."""
    body = json.dumps({"text": f"{number} at={time.monotonic():.6f};"})
    headers = {"Authorization": f"Bearer {site.tokens[number % len(site.tokens)]}", "Content-Type": "application/json"}
    for _ in range(20):
        with suppress(OSError, http.client.HTTPException):
            link = http.client.HTTPConnection("127.0.0.1", site.running.port, timeout=20)
            link.request("POST", "/api/v1/chapters/1/comments/", body, headers)
            answer = link.getresponse()
            content = answer.read()
            link.close()
            if answer.status == 201:
                return
            print(answer.status, content[:200], file=sys.stderr)
        time.sleep(0.2)
    raise RuntimeError("Nobody takes a comment.")


def _until(herd: Herd, enough: Callable[[Stats], bool], seq: int = 0, within_s: float = _PATIENCE_S) -> Stats:
    deadline = time.monotonic() + within_s
    while not enough(stats := herd.stats(seq)) and time.monotonic() < deadline:
        time.sleep(0.3)
    return stats
