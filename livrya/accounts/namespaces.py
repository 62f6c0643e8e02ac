"""Commands about people; `/` and `/books` include them."""

from livrya.accounts import selectors
from livrya.accounts.events import Following, FollowPerson, UnfollowPerson
from livrya.accounts.services import following
from realtime.namespaces import Call, Commands
from realtime.revoking import UserRoom

people = Commands()


def _own_lane(call: FollowPerson | UnfollowPerson) -> UserRoom:
    return UserRoom(call.user_id)


@people.handles(FollowPerson, lane=_own_lane)
def follow(call: Call, wanted: FollowPerson) -> Following:
    actor = selectors.signed_in(call.identity)
    following.follow(actor=actor, user=selectors.person_by_id(wanted.user_id))
    return Following(user_id=wanted.user_id, following=True)


@people.handles(UnfollowPerson, lane=_own_lane)
def unfollow(call: Call, wanted: UnfollowPerson) -> Following:
    actor = selectors.signed_in(call.identity)
    following.unfollow(actor=actor, user=selectors.person_by_id(wanted.user_id))
    return Following(user_id=wanted.user_id, following=False)
