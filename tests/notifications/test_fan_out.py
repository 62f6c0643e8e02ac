"""Telling many: slice by slice, each person once, whatever breaks on the way."""

from collections.abc import Iterator, Sequence

import pytest
from django_tasks_db.models import DBTaskResult

import realtime
from livrya.accounts.models import User
from notifications import audiences, fan_out, kinds, services
from notifications.models import FanOut, Notification
from tests.livrya.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def readers() -> Iterator[None]:
    """Two audiences: everybody, and those with an even id; `key` is the lowest id."""

    def everybody(key: int, after: int, limit: int) -> Sequence[int]:
        found = User.objects.filter(pk__gte=key, pk__gt=after).order_by("pk")
        return list(found.values_list("pk", flat=True)[:limit])

    def even(key: int, after: int, limit: int) -> Sequence[int]:
        return [pk for pk in everybody(key, after, 10_000) if pk % 2 == 0][:limit]

    kinds.declare("REMARK", "A remark")
    audiences.register("everybody", everybody)
    audiences.register("even", even)
    yield
    del kinds.KINDS["REMARK"]
    for name in ("everybody", "even"):
        del audiences._AUDIENCES[name]


@pytest.fixture
def slices(monkeypatch) -> None:
    monkeypatch.setattr(fan_out, "SLICE", 3)


def crowd(count: int) -> list[User]:
    return User.objects.bulk_create(User(username=f"reader{number}", password=PASSWORD) for number in range(count))


def send(actor: User | None = None, audience: str = "everybody") -> None:
    notice = services.Notice(kind="REMARK", message="hello", url="/", cause="remark:1", about="book:1", ref="remark:1")
    fan_out.fan_out(actor=actor, notice=notice, audience=audience, key=1)


def notified() -> list[int]:
    return sorted(Notification.objects.values_list("recipient_id", flat=True))


def run_jobs() -> None:
    for job in DBTaskResult.objects.ready():
        job.task.func(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
        job.delete()


@pytest.mark.usefixtures("slices")
def test_everybody_is_told_once_in_slices_but_the_actor() -> None:
    people = crowd(10)
    send(actor=people[4])
    assert notified() == []
    run_jobs()
    assert notified() == [reader.pk for reader in people if reader != people[4]]
    row = FanOut.objects.get()
    assert (row.told, row.reached) == (9, people[-1].pk)
    assert row.finished_at is not None


@pytest.mark.usefixtures("slices")
def test_a_job_cut_short_goes_on_where_its_last_slice_was_committed() -> None:
    people = crowd(10)
    send()
    fan_out_id = FanOut.objects.get().pk
    assert fan_out.notify_slice(fan_out_id)
    assert notified() == [reader.pk for reader in people[:3]]
    run_jobs()
    run_jobs()
    assert notified() == [reader.pk for reader in people]
    fan_out.carry_out.func(fan_out_id)
    assert FanOut.objects.get().told == 10


@pytest.mark.usefixtures("slices")
def test_a_slice_that_fails_leaves_no_trace(monkeypatch) -> None:
    crowd(5)
    send()
    notify_within = fan_out.notify_within

    def broken(**arguments: object) -> None:
        notify_within(**arguments)
        raise RuntimeError("the process was killed")

    monkeypatch.setattr(fan_out, "notify_within", broken)
    with pytest.raises(RuntimeError):
        run_jobs()
    assert notified() == []
    monkeypatch.setattr(fan_out, "notify_within", notify_within)
    run_jobs()
    assert len(notified()) == 5


def test_who_is_in_two_audiences_is_told_once() -> None:
    people = crowd(4)
    send()
    send(audience="even")
    send()
    assert FanOut.objects.count() == 2
    run_jobs()
    assert notified() == [reader.pk for reader in people]


def test_a_fact_that_is_rolled_back_tells_nobody() -> None:
    crowd(2)
    with pytest.raises(ZeroDivisionError), realtime.atomic():
        send()
        raise ZeroDivisionError
    assert not FanOut.objects.exists()
    assert not DBTaskResult.objects.exists()


@pytest.mark.usefixtures("slices")
def test_withdrawing_stops_what_is_on_its_way_and_takes_back_the_rest() -> None:
    crowd(10)
    send()
    fan_out.notify_slice(FanOut.objects.get().pk)
    fan_out.withdraw(ref="remark:1")
    run_jobs()
    assert notified() == []


def test_a_slice_costs_a_constant_number_of_queries(django_assert_max_num_queries) -> None:
    crowd(150)
    send()
    with django_assert_max_num_queries(30):
        fan_out.notify_slice(FanOut.objects.get().pk)
    assert len(notified()) == 150


def test_an_unknown_audience_is_a_mistake() -> None:
    person("ada")
    with pytest.raises(TypeError):
        send(audience="nobody")
