from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from notifications import broadcasts, namespaces, policies, receivers  # noqa: F401  # they register themselves
