from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "books"

    def ready(self) -> None:
        from books import broadcasts, namespaces, notices  # noqa: F401  # they register themselves
        from books.policies import rooms  # noqa: F401
