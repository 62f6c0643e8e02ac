from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "books"

    def ready(self) -> None:
        from books import broadcasts  # noqa: F401  # receivers register themselves
        from books.events import commands, facts  # noqa: F401  # contracts too
        from books.policies import rooms  # noqa: F401  # and policies
