"""Tokens that say who one is: "7" is user 7, "7:expired", "7:until:<ms>"; a lease named `banned:7` ends it."""

from realtime.errors import TokenExpired, Unauthenticated
from realtime.identity import ANONYMOUS, Identity
from realtime.models import Lease
from tests.realtime.app.weather import meet


class HallAuthenticator:
    def from_session(self, session_key: str) -> Identity:
        return self.from_token(session_key) if session_key.isdigit() else ANONYMOUS

    def from_token(self, token: str) -> Identity:
        meet()
        number, _, rest = token.partition(":")
        if not number.isdigit():
            raise Unauthenticated
        if rest == "expired":
            raise TokenExpired
        expires = int(rest.removeprefix("until:")) if rest.startswith("until:") else None
        return Identity(
            int(number),
            f"guest{number}",
            credential=f"jwt:{token}",
            expires_at_ms=expires,
            display_name=f"Guest {number}",
        )

    def still_valid(self, identities: list[Identity]) -> list[bool]:
        meet()
        banned = set(Lease.objects.filter(name__startswith="banned:").values_list("name", flat=True))
        return [f"banned:{identity.user_id}" not in banned for identity in identities]
