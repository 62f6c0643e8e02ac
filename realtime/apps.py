from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import checks, installation, revoking, standard_commands  # noqa: F401  # they register themselves
        from realtime.hub.parts import attach
        from realtime.inspection import Inspection
        from realtime.people import People
        from realtime.presence import commands  # noqa: F401  # registers itself

        attach(People)
        attach(Inspection)
