from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    name = "livrya.announcements"

    def ready(self) -> None:
        from livrya.announcements import broadcasts, policies  # noqa: F401  # receivers and policies register themselves
