"""What a connection, a person and an address may do, over two processes and on every store."""

import pytest

from realtime import identity
from realtime.conf import RealtimeSettings
from realtime.errors import RateLimited, Unavailable
from realtime.identity import ANONYMOUS, Identity
from realtime.people.limits.bucket import Rate
from realtime.people.limits.limiter import Limiter, Limits
from tests.realtime.stores import World

pytestmark = pytest.mark.either_database

PERSON = Identity(user_id=7, username="ishmael")
SOMEWHERE = "203.0.113.9"
LIMITS = Limits(
    connection=Rate(20, 60),
    user=Rate(60, 120),
    address=Rate(5, 20),
    refusals=Rate(5, 100),
    seats_per_user=3,
    seats_per_address=5,
)


def limiter(world: World, process: str = "a") -> Limiter:
    return Limiter(LIMITS, world.points(), world.seats(process), world.clock)


async def spend(connection, identity, times: int, cost: int = 1) -> int:
    """Returns how many of so many commands were let through."""
    let_through = 0
    for _ in range(times):
        try:
            await connection.charge(identity, cost)
            let_through += 1
        except RateLimited:
            pass
    return let_through


async def test_a_connection_has_its_burst_and_then_its_rate(world: World):
    connection = limiter(world).connection(SOMEWHERE)
    assert await spend(connection, PERSON, 100) == 60
    world.clock.advance(1)
    assert await spend(connection, PERSON, 100) == 20


async def test_dear_commands_weigh_more(world: World):
    connection = limiter(world).connection(SOMEWHERE)
    assert await spend(connection, PERSON, 100, cost=5) == 12


async def test_a_refusal_says_how_long_to_wait_and_waiting_helps(world: World):
    connection = limiter(world).connection(SOMEWHERE)
    await spend(connection, PERSON, 60)
    with pytest.raises(RateLimited) as refused:
        await connection.charge(PERSON, 2)
    world.clock.advance(refused.value.retry_after_ms / 1000)
    await connection.charge(PERSON, 2)


async def test_a_person_is_limited_over_all_connections_and_processes(world: World):
    a, b = limiter(world, "a"), limiter(world, "b")
    connections = [one.connection(SOMEWHERE) for one in (a, b) for _ in range(3)]
    total = 0
    for _ in range(60):
        for connection in connections:
            total += await spend(connection, PERSON, 1)
    # Points taken ahead by a connection that is refused elsewhere may stay unused.
    assert 120 - 6 * 15 <= total <= 120


async def test_anonymous_people_share_their_address(world: World):
    a = limiter(world)
    first, second = a.connection(SOMEWHERE), a.connection(SOMEWHERE)
    assert await spend(first, ANONYMOUS, 60) == 20
    assert await spend(second, ANONYMOUS, 60) == 0
    assert await spend(a.connection("203.0.113.10"), ANONYMOUS, 10) == 10


@pytest.mark.parametrize(
    ("first", "second", "proxies"), [("", "testserver", 0), ("", "unix:/run/a", 1), ("127.0.0.1", "::1", 1)]
)
async def test_all_whose_address_nobody_knows_count_as_one(
    world: World, monkeypatch: pytest.MonkeyPatch, first: str, second: str, proxies: int
):
    """Behind a proxy that does not tell of its clients, one of them would have no limit at all."""
    values = RealtimeSettings(authenticator="", trusted_proxies=proxies)
    monkeypatch.setattr(identity, "realtime_settings", lambda: values)
    a = limiter(world)
    assert await spend(a.connection(first), ANONYMOUS, 60) == 20
    assert await spend(a.connection(second), ANONYMOUS, 60) == 0
    seats = [await a.seat(ANONYMOUS, address) for address in (first, second)]
    assert seats[0] == seats[1] != []
    with pytest.raises(RateLimited):
        for _ in range(60):
            await a.seat(ANONYMOUS, first)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_this_machine_itself_has_no_limit_where_nobody_stands_in_front_of_it(world: World, address: str):
    a = limiter(world)
    assert await spend(a.connection(address), ANONYMOUS, 60) == 60
    for _ in range(20):
        assert await a.seat(ANONYMOUS, address) == []


async def test_going_on_without_waiting_is_abuse_in_the_end(world: World):
    connection = limiter(world).connection(SOMEWHERE)
    await spend(connection, PERSON, 160)
    assert not connection.abusive
    await spend(connection, PERSON, 1)
    assert connection.abusive


async def test_connections_of_a_person_are_limited_over_processes_and_come_free(world: World):
    a, b = limiter(world, "a"), limiter(world, "b")
    seats = [await one.seat(PERSON, SOMEWHERE) for one in (a, b, a)]
    with pytest.raises(RateLimited):
        await b.seat(PERSON, SOMEWHERE)
    await a.release(seats[0])
    await b.seat(PERSON, SOMEWHERE)


async def test_a_refused_connection_leaves_nothing_taken(world: World):
    a = limiter(world)
    for _ in range(3):
        await a.seat(PERSON, SOMEWHERE)
    with pytest.raises(RateLimited):
        await a.seat(PERSON, SOMEWHERE)
    for _ in range(2):
        await a.seat(ANONYMOUS, SOMEWHERE)
    with pytest.raises(RateLimited):
        await a.seat(ANONYMOUS, SOMEWHERE)


async def test_while_the_store_is_away_the_process_counts_alone(world: World):
    class Away:
        async def take(self, *args):
            raise Unavailable

        give_back = put_back = evict = take

    alone = Limiter(LIMITS, Away(), Away(), world.clock)
    assert await spend(alone.connection(SOMEWHERE), ANONYMOUS, 60) == 20
    seats = [await alone.seat(PERSON, SOMEWHERE) for _ in range(3)]
    with pytest.raises(RateLimited):
        await alone.seat(PERSON, SOMEWHERE)
    await alone.release(seats[0])
    await alone.seat(PERSON, SOMEWHERE)


async def test_seats_held_are_registered_again_after_a_loss(world: World):
    a, b = limiter(world, "a"), limiter(world, "b")
    for _ in range(2):
        await a.seat(PERSON, SOMEWHERE)
    await world.lose_everything()
    await a.register_again()
    await b.seat(PERSON, SOMEWHERE)
    with pytest.raises(RateLimited):
        await b.seat(PERSON, SOMEWHERE)
    await b.clear_away("a")
    await b.seat(PERSON, SOMEWHERE)


async def test_what_happened_while_the_store_was_away_is_made_good(world: World):
    class Switch:
        def __init__(self, inner):
            self.inner, self.down = inner, False

        def __getattr__(self, name):
            async def asked(*args):
                if self.down:
                    raise Unavailable
                return await getattr(self.inner, name)(*args)

            return asked

    seats = Switch(world.seats("a"))
    a, b = Limiter(LIMITS, world.points(), seats, world.clock), limiter(world, "b")
    first = await a.seat(PERSON, SOMEWHERE)
    seats.down = True
    await a.release(first)
    for _ in range(2):
        await a.seat(PERSON, "")
    seats.down = False
    await a.seat(Identity(user_id=8), "")
    await b.seat(PERSON, "")
    with pytest.raises(RateLimited):
        await b.seat(PERSON, "")
