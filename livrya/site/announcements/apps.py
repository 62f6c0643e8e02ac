from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    name = "livrya.site.announcements"
    label = "announcements"

    def ready(self) -> None:
        from livrya.site.announcements import broadcasts, policies  # noqa: F401  # receivers and policies register themselves
