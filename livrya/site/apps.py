from django.apps import AppConfig


class SiteConfig(AppConfig):
    """What brings the apps together, and so the last of them: pages, jobs, namespaces."""

    name = "livrya.site"
    label = "livrya_site"

    def ready(self) -> None:
        from livrya.site import namespaces  # noqa: F401  # namespaces declare themselves
