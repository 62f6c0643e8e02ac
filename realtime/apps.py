from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import checks, installation, revoking  # noqa: F401  # they register themselves
        from realtime.people import PeopleListener
        from realtime.presence import commands  # noqa: F401  # registers itself
        from realtime.session import LISTENERS

        LISTENERS.append(PeopleListener())
