from django.apps import AppConfig


class LivryaConfig(AppConfig):
    """The project itself: the commands of the whole."""

    name = "livrya"
