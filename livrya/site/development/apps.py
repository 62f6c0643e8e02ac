from django.apps import AppConfig


class DevelopmentConfig(AppConfig):
    name = "livrya.site.development"
    label = "development"
