"""Commands of announcements; `/admin` includes them."""

from datetime import UTC, datetime

from livrya.accounts.selectors import signed_in
from livrya.site.announcements import services
from livrya.site.announcements.events import Announce, Announced, BroadcastRoom, Withdraw, as_announced
from realtime.errors import ValidationFailed
from realtime.namespaces import Call, Commands

announcements = Commands()


def _lane(wanted: Announce | Withdraw) -> BroadcastRoom:
    return BroadcastRoom()


@announcements.handles(Announce, lane=_lane)
def announce(call: Call, wanted: Announce) -> Announced:
    actor = signed_in(call.identity)
    return as_announced(services.announce(actor=actor, text=wanted.text, until=_moment(wanted.until)))


@announcements.handles(Withdraw, lane=_lane)
def withdraw(call: Call, wanted: Withdraw) -> None:
    services.withdraw(actor=signed_in(call.identity), announcement_id=wanted.id)


def _moment(milliseconds: int | None) -> datetime | None:
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise ValidationFailed("The time is not valid.", details={"fields": {"until": "No valid time."}}) from error
