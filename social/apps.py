from django.apps import AppConfig


class SocialConfig(AppConfig):
    name = "social"

    def ready(self) -> None:
        from social import broadcasts, namespaces, notices  # noqa: F401  # they register themselves
        from social.policies import rooms  # noqa: F401
