from tests.realtime.stores import valkey_url, world

__all__ = ["valkey_url", "world"]
