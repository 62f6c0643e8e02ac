from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import checks  # noqa: F401  # they register themselves
        from realtime.documents.part import Documents
        from realtime.hub.parts import attach
        from realtime.log import installation, revocation  # noqa: F401  # they register themselves
        from realtime.ops.inspection import Inspection
        from realtime.people import commands  # noqa: F401  # registers itself
        from realtime.people.part import People
        from realtime.sessions import standard_commands  # noqa: F401  # they register themselves

        attach(People)
        attach(Documents)
        attach(Inspection)
