"""Acts of staff on open connections."""

import realtime
from livrya.accounts import policies
from livrya.accounts.models import User
from livrya.audit.services import record
from livrya.kit.texts import clean_line
from realtime.errors import Forbidden, ValidationFailed

LONGEST_REASON = 200


def require_watcher(actor: User) -> None:
    """Refuses everybody but staff who may see who is connected. Raises Forbidden."""
    if not policies.staff_may(actor, policies.WATCH):
        raise Forbidden


def disconnect_person(*, actor: User | None, user: User, reason: str = "") -> None:
    """Ends the person's open connections everywhere; their sign-ins hold. Raises Forbidden, ValidationFailed."""
    if not policies.may_deactivate(actor, user):
        raise Forbidden
    shown = clean_line(reason)
    if len(shown) > LONGEST_REASON:
        raise ValidationFailed(f"At most {LONGEST_REASON} characters, please.", details={"field": "reason"})
    with realtime.atomic():
        realtime.disconnect(user=user, reason=shown)
        record(actor=actor, act="person:disconnect", target=f"person:{user.pk}", reason=shown)
