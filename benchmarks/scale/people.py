"""`python -m benchmarks.scale.people COUNT SIZE…`: people and their groups in an empty database.

A book with a chapter that is out; so many people; for each size a group of the first so many of them; and 200 groups
of which everybody is in ten. Rows alone, without a service's calls. The groups' ids and the people's tokens go into
`VAR_DIR`.
"""

import os
import sys
from pathlib import Path

from benchmarks.readers import BOOKS, subscribed

TOKENS = "tokens"
GROUPS = "groups"


def settle(count: int, sizes: list[int]) -> tuple[list[str], list[int]]:
    """Makes them all; returns the people's tokens, and the ids of the groups of these sizes."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from benchmarks.readers import sign_in
    from books.services.books import create_book
    from books.services.chapters import create_chapter
    from books.services.releases import publish_chapter
    from livrya.accounts.models import User
    from realtime.people import uncounted
    from social.models import Group, Membership, Role

    password, now = make_password(None), timezone.now()
    author = User.objects.create(username="author", password=password)
    with uncounted():
        book = create_book(actor=author, title="Book")
        chapter = create_chapter(actor=author, book_id=book.pk, title="One", text="It begins.")
        publish_chapter(actor=author, chapter_id=chapter.pk, silent=True)
    people = User.objects.bulk_create(User(username=f"person{n}", password=password) for n in range(count))
    members = [people[:size] for size in sizes]
    others: list[list[User]] = [[] for _ in range(BOOKS)]
    for number, person in enumerate(people):
        for index in subscribed(number):
            others[index].append(person)
    members += others
    groups = Group.objects.bulk_create(
        Group(slug=f"group{n}", name=f"Group {n}", creator=author, member_count=len(each) + 1, last_activity_at=now)
        for n, each in enumerate(members)
    )
    Membership.objects.bulk_create(Membership(group=group, user=author, role=Role.OWNER) for group in groups)
    Membership.objects.bulk_create(
        (Membership(group=group, user=person) for group, each in zip(groups, members, strict=True) for person in each),
        batch_size=5_000,
    )
    return sign_in(people), [group.pk for group in groups[: len(sizes)]]


def main() -> int:
    import django
    from django.conf import settings
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livrya.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    tokens, groups = settle(int(sys.argv[1]), [int(size) for size in sys.argv[2:]])
    Path(settings.VAR_DIR, TOKENS).write_text("\n".join(tokens) + "\n")
    Path(settings.VAR_DIR, GROUPS).write_text(" ".join(map(str, groups)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
