"""People for a choice; no password opens their accounts, which is quick."""

from livrya.accounts.models import User


def people(count: int) -> list[User]:
    """Returns the first `count` of them, made where they are missing."""
    names = [f"choice{number}" for number in range(count)]
    User.objects.bulk_create([User(username=name, password="!") for name in names], ignore_conflicts=True)
    return list(User.objects.filter(username__in=names).order_by("pk"))
