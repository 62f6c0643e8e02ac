"""The one order in which people are locked."""

from livrya.accounts.models import User


def lock_people(*people: User) -> None:
    """Makes two who change what is between them wait for each other; inside a transaction."""
    wanted = User.objects.select_for_update(no_key=True).filter(pk__in=[person.pk for person in people])
    list(wanted.order_by("pk").values_list("pk"))
