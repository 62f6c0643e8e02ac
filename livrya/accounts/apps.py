from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "livrya.accounts"
    label = "accounts"

    def ready(self) -> None:
        from livrya.accounts import broadcasts  # noqa: F401  # receivers connect themselves
        from livrya.accounts.contacts import MutualFollows
        from realtime.people import use_contacts

        use_contacts(MutualFollows())
