"""`python -m benchmarks.readers`: makes a library and its readers in an empty database, for benchmarks of the product.

200 books of 10 authors, each with a chapter that is out (chapter `n` is of book `n`), and 1,000 readers with 10
subscriptions each. The readers' access tokens go into `VAR_DIR/tokens`, one a line. A whole run is measured on copies
of the same database, so the tokens are good for a day.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livrya.accounts.models import User

READERS = 1_000
AUTHORS = 10
BOOKS = 200
SUBSCRIPTIONS = 10
TOKENS = "tokens"


def subscribed(reader: int) -> list[int]:
    """Returns the books of a reader, counted from 0: one of each twenty, other ones for each reader."""
    each = BOOKS // SUBSCRIPTIONS
    return [each * part + (reader * (part + 1) + reader // each) % each for part in range(SUBSCRIPTIONS)]


def settle() -> list[str]:
    """Makes them all, readers as bare rows without a service's calls, and returns the readers' tokens."""
    from django.contrib.auth.hashers import make_password

    from books.models import Book, Subscription
    from books.services.books import create_book
    from books.services.chapters import create_chapter
    from books.services.releases import publish_chapter
    from livrya.accounts.models import User
    from realtime.people import uncounted

    password = make_password(None)
    authors = User.objects.bulk_create(User(username=f"author{n}", password=password) for n in range(AUTHORS))
    books = []
    with uncounted():
        for number in range(BOOKS):
            author = authors[number % AUTHORS]
            book = create_book(actor=author, title=f"Book {number + 1}")
            books.append(book)
            chapter = create_chapter(actor=author, book_id=book.pk, title="One", text="It begins.")
            publish_chapter(actor=author, chapter_id=chapter.pk, silent=True)  # or jobs would be measured, too
    readers = User.objects.bulk_create(User(username=f"reader{n}", password=password) for n in range(READERS))
    subscriptions = Subscription.objects.bulk_create(
        Subscription(book=books[index], user=reader) for n, reader in enumerate(readers) for index in subscribed(n)
    )
    Book.objects.update(subscriber_count=len(subscriptions) // BOOKS)
    return sign_in(readers)


def sign_in(people: "Sequence[User]") -> list[str]:
    """Signs them in, and returns each one's access token, good for a day."""
    from django.utils import timezone
    from rest_framework_simplejwt.tokens import AccessToken

    from livrya.accounts.models import TokenFamily
    from livrya.accounts.services.tokens import FAMILY_CLAIM

    a_day_on = timezone.now() + timedelta(days=1)
    families = TokenFamily.objects.bulk_create(
        TokenFamily(
            user=person,
            jti=f"person{n}",
            rotated_at=timezone.now(),
            expires_at=a_day_on,
            auth_hash=person.get_session_auth_hash(),
        )
        for n, person in enumerate(people)
    )
    tokens = []
    for family in families:
        token = AccessToken()
        token["user_id"] = str(family.user_id)
        token[FAMILY_CLAIM] = family.pk
        token.set_exp(lifetime=timedelta(days=1))
        tokens.append(str(token))
    return tokens


def main() -> int:
    import django
    from django.conf import settings
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livrya.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    Path(settings.VAR_DIR, TOKENS).write_text("\n".join(settle()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
