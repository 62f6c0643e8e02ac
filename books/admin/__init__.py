"""The library in the admin; whatever staff change goes through the services."""

from books.admin import books, chapters, readers  # noqa: F401  # they register themselves
