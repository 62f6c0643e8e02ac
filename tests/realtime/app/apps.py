from django.apps import AppConfig


class HallsConfig(AppConfig):
    name = "tests.realtime.app"
    label = "halls"

    def ready(self) -> None:
        import tests.realtime.app.namespaces  # noqa: F401
