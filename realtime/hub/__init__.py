"""The hub: what one server process knows of rooms, and the one place where events meet sessions."""

from realtime.hub.hub import Hub, current_hub, say_why_not_started

__all__ = ["Hub", "current_hub", "say_why_not_started"]
