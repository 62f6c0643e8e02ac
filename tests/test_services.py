import psycopg
import redis

from tests.services import Postgres, Valkey


def test_postgres_starts_and_answers():
    server = Postgres()
    try:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        server.stop()


def test_valkey_comes_back_empty_on_the_same_port():
    server = Valkey()
    try:
        client = redis.Redis.from_url(server.url)
        client.set("a", "1")
        server.stop()
        server.start()
        assert client.get("a") is None
        client.close()
    finally:
        server.stop()
