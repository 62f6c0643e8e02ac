from django.apps import AppConfig


class LivryaConfig(AppConfig):
    name = "livrya"
