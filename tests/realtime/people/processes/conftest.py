from tests.realtime.stores import valkey_url

__all__ = ["valkey_url"]
