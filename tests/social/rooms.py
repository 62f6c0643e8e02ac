"""Groups, members and messages for tests, made through the services as people make them."""

from livrya.accounts.models import User
from social.models import Group, Membership, Message
from social.services.entering import join_group
from social.services.groups import create_group
from social.services.messages import send_message
from tests.books.library import somebody


def group(owner: User | None = None, **description: object) -> Group:
    """Returns a new public, persistent group, of a new person unless one is given."""
    return create_group(actor=owner or somebody(), **({"name": "The Lamp Room"} | description))


def owner_of(group: Group) -> User:
    return User.objects.get(group_memberships__group=group, group_memberships__role="owner")


def join(made: Group, **key: str) -> User:
    person = somebody()
    join_group(actor=person, group_id=made.pk, **key)
    return person


def member_of(group: Group, user: User | None = None) -> User:
    """Returns a member, new unless one is given."""
    user = user or somebody()
    join_group(actor=user, group_id=group.pk)
    return user


def message(group: Group, sender: User | None = None, **said: object) -> Message:
    """Returns a message, by the group's owner unless somebody is given."""
    return send_message(actor=sender or owner_of(group), group_id=group.pk, **({"text": "Ahoy!"} | said))


def count(group: Group) -> tuple[int, int]:
    """Returns how many members the group says that it has, and how many it has."""
    group.refresh_from_db()
    return group.member_count, Membership.objects.filter(group=group).count()
