"""A channel layer over Redis' publish and subscribe.

What channels_redis' own does, at a quarter of the CPU time, which is half of what an event to a few members costs; see
`docs/decisions/a-channel-layer-of-our-own.md`.
"""

from realtime.redis_layer.layer import RedisLayer

__all__ = ["RedisLayer"]
