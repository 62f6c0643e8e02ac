from django.apps import AppConfig


class HallsConfig(AppConfig):
    name = "tests.realtime.app"
    label = "halls"

    def ready(self) -> None:
        import tests.realtime.app.namespaces  # noqa: F401
        from tests.realtime.app.alone import keep_others_out
        from tests.realtime.app.weather import shorten_holding

        keep_others_out()
        shorten_holding()
