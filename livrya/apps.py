from django.apps import AppConfig


class LivryaConfig(AppConfig):
    """The project itself: the last app, so that everything that it brings together is there."""

    name = "livrya"

    def ready(self) -> None:
        from livrya import namespaces  # noqa: F401  # namespaces declare themselves
