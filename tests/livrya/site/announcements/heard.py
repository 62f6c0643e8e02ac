"""What the room of announcements has been sent."""

import json

from realtime.models import Event


def heard():
    return [
        (event.type, json.loads(event.payload))
        for event in Event.objects.filter(room="admin:broadcast").order_by("seq")
    ]
