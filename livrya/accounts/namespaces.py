"""Commands about people; `/`, `/books` and `/social` include them."""

from livrya.accounts import selectors
from livrya.accounts.contacts import online_contacts
from livrya.accounts.events import (
    Blocking,
    BlockPerson,
    ContactsOnline,
    Following,
    FollowPerson,
    ListContacts,
    MutePerson,
    Muting,
    UnblockPerson,
    UnfollowPerson,
    UnmutePerson,
)
from livrya.accounts.models import User
from livrya.accounts.services import blocking, following
from realtime.namespaces import Call, Commands

people = Commands()


def _both(call: Call, user_id: int) -> tuple[User, User]:
    return selectors.signed_in(call.identity), selectors.person_by_id(user_id)


@people.handles(FollowPerson)
def follow(call: Call, wanted: FollowPerson) -> Following:
    actor, user = _both(call, wanted.user_id)
    following.follow(actor=actor, user=user)
    return Following(user_id=user.pk, following=True)


@people.handles(UnfollowPerson)
def unfollow(call: Call, wanted: UnfollowPerson) -> Following:
    actor, user = _both(call, wanted.user_id)
    following.unfollow(actor=actor, user=user)
    return Following(user_id=user.pk, following=False)


@people.handles(ListContacts)
async def list_contacts(call: Call, wanted: ListContacts) -> ContactsOnline:
    return ContactsOnline(contacts=await online_contacts(call.session))


@people.handles(BlockPerson)
def block(call: Call, wanted: BlockPerson) -> Blocking:
    actor, user = _both(call, wanted.user_id)
    blocking.block(actor=actor, user=user)
    return Blocking(user_id=user.pk, blocked=True)


@people.handles(UnblockPerson)
def unblock(call: Call, wanted: UnblockPerson) -> Blocking:
    actor, user = _both(call, wanted.user_id)
    blocking.unblock(actor=actor, user=user)
    return Blocking(user_id=user.pk, blocked=False)


@people.handles(MutePerson)
def mute(call: Call, wanted: MutePerson) -> Muting:
    actor, user = _both(call, wanted.user_id)
    blocking.mute(actor=actor, user=user)
    return Muting(user_id=user.pk, muted=True)


@people.handles(UnmutePerson)
def unmute(call: Call, wanted: UnmutePerson) -> Muting:
    actor, user = _both(call, wanted.user_id)
    blocking.unmute(actor=actor, user=user)
    return Muting(user_id=user.pk, muted=False)
