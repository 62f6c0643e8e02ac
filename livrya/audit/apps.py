from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "livrya.audit"
    label = "audit"

    def ready(self) -> None:
        from livrya.audit import receivers  # noqa: F401  # they connect themselves
