"""Tokens for programs: a short access token, and a refresh token that is good for one rotation.

All tokens of one sign-in are a family, a row: an access token holds as long as its family does, so revoking
works at once, and rotating leaves open connections alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.auth import authenticate, user_logged_in
from django.http import HttpRequest
from django.utils import timezone
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

import realtime
from livrya.accounts import limits
from livrya.accounts.models import TokenFamily, User
from realtime.errors import TokenExpired, Unauthenticated
from realtime.identity import Identity

FAMILY_CLAIM = "fam"
IDENTIFYING = tuple(f"user__{field}" for field in ("username", "display_name", "is_staff", "is_active", "password"))
"""What is read of whose sign-in it is where people come in crowds: who they are, and what shows that they still may."""
LOST_ANSWER_GRACE = timedelta(seconds=30)
"""How long the refresh token before the current one is still taken: its client may not know of the rotation."""

T = TypeVar("T", bound=Token)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Two encoded tokens, and when the access token ends (Unix milliseconds)."""

    access: str
    refresh: str
    access_expires_at: int


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a verified access token says; the person is active and the family is not revoked."""

    user: User
    family_id: int
    expires_at_ms: int

    @property
    def credential(self) -> str:
        """The name by which sockets know the family."""
        return family_credential(self.family_id)


def sign_in(*, request: HttpRequest, username: str, password: str) -> tuple[User, TokenPair]:
    """Returns the person and the first tokens of a new family; `request` says from where, wrong passwords are counted.

    Raises Unauthenticated for wrong credentials.
    """
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise Unauthenticated("The name or the password is not right.")
    user_logged_in.send(sender=User, request=request, user=user)
    return user, issue(user=user)


def issue(*, user: User) -> TokenPair:
    """Starts a family for somebody who has just proved who they are."""
    refresh = RefreshToken()
    with realtime.atomic():
        family = TokenFamily.objects.create(
            user=user,
            jti=refresh["jti"],
            rotated_at=timezone.now(),
            expires_at=timezone.now() + refresh.lifetime,
            auth_hash=user.get_session_auth_hash(),
        )
    return _pair(refresh, family)


def rotate(*, refresh: str) -> TokenPair:
    """Exchanges a refresh token for a new pair of the same family.

    The one before the current may be exchanged for the same new one within 30 s. One that is older has been
    copied by somebody: its family is revoked.
    Raises TokenExpired, Unauthenticated.
    """
    presented = _decode(RefreshToken, refresh)
    with realtime.atomic():
        family = (
            TokenFamily.objects.select_for_update(no_key=True, of=("self",))
            .select_related("user")
            .filter(pk=presented[FAMILY_CLAIM])
            .first()
        )
        pair = _rotate(family, presented["jti"]) if family and is_valid(family) else None
        if family and not pair:
            _end(family, "token reused")
    if not pair:
        raise Unauthenticated("The token is no longer good. Please sign in again.")
    return pair


def revoke(*, refresh: str) -> None:
    """Ends the token's family and every connection that it opened; an unknown or expired token is as good as ended."""
    try:
        presented = _decode(RefreshToken, refresh)
    except (TokenExpired, Unauthenticated):
        return
    with realtime.atomic():
        family = TokenFamily.objects.filter(pk=presented[FAMILY_CLAIM]).first()
        if family:
            _end(family, "signed out")


def verify(access: str) -> AccessClaims:
    """Returns what an access token says, in one query. Raises TokenExpired, Unauthenticated."""
    claims = _decode(AccessToken, access).payload
    family = TokenFamily.objects.select_related("user").filter(pk=claims[FAMILY_CLAIM]).first()
    claimed = _claimed(claims, {family.pk: family} if family and is_valid(family) else {})
    if isinstance(claimed, Unauthenticated):
        raise claimed
    return claimed


def verify_many(accesses: Sequence[str]) -> list[AccessClaims | Unauthenticated | TokenExpired]:
    """Returns what `verify` returns or raises for each token, in one query; of people what IDENTIFYING names."""
    claims: list[Mapping[str, Any] | Unauthenticated | TokenExpired] = []
    for access in accesses:
        try:
            claims.append(_decode(AccessToken, access).payload)
        except (Unauthenticated, TokenExpired) as error:
            claims.append(error)
    families = valid_families(said[FAMILY_CLAIM] for said in claims if not isinstance(said, Exception))
    return [said if isinstance(said, Exception) else _claimed(said, families) for said in claims]


def valid_families(family_ids: Iterable[int]) -> dict[int, TokenFamily]:
    """Returns those of the families that still let their person in, in one query; of people what IDENTIFYING names."""
    wanted = set(family_ids)
    if not wanted:
        return {}
    found = (
        TokenFamily.objects.filter(pk__in=wanted).select_related("user").only("auth_hash", "expires_at", *IDENTIFYING)
    )
    return {family.pk: family for family in found if is_valid(family)}


def is_valid(family: TokenFamily) -> bool:
    """Tells whether a family that was found still lets its person in; `family.user` should be loaded."""
    return family.expires_at > timezone.now() and is_valid_for(family.user, family.auth_hash)


def is_valid_for(user: User, auth_hash: str) -> bool:
    """Tells whether somebody who signed in with that session hash may still be here."""
    if not user.is_active:
        return False
    return auth_hash == user.get_session_auth_hash() or auth_hash in user.get_session_auth_fallback_hash()


def family_credential(family_id: int) -> str:
    """Returns the name by which sockets know a family."""
    return f"jwt:{family_id}"


def issue_ticket(identity: Identity) -> str:
    """Returns a ticket for one connection of somebody signed in. Raises RateLimited."""
    limits.TICKETS.charge(identity.user_id)
    return realtime.issue_ticket(identity)


def prune() -> int:
    """Deletes families that have expired, and returns how many."""
    deleted, _ = TokenFamily.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted


def _claimed(claims: Mapping[str, Any], families: Mapping[int, TokenFamily]) -> AccessClaims | Unauthenticated:
    family = families.get(claims[FAMILY_CLAIM])
    if family is None:
        return Unauthenticated("The token is no longer good. Please sign in again.")
    return AccessClaims(family.user, family.pk, claims["exp"] * 1000)


def _rotate(family: TokenFamily, jti: str) -> TokenPair | None:
    now = timezone.now()
    refresh = RefreshToken()
    if jti == family.jti:
        family.previous_jti, family.jti = family.jti, refresh["jti"]
        family.rotated_at = now
    elif jti == family.previous_jti and now - family.rotated_at < LOST_ANSWER_GRACE:
        refresh["jti"] = family.jti
    else:
        return None
    family.expires_at = now + refresh.lifetime
    family.save(update_fields=["jti", "previous_jti", "rotated_at", "expires_at"])
    return _pair(refresh, family)


def _end(family: TokenFamily, reason: str) -> None:
    family_id, user_id = family.pk, family.user_id
    family.delete()
    realtime.revoke(user=user_id, credential=family_credential(family_id), reason=reason)


def _pair(refresh: RefreshToken, family: TokenFamily) -> TokenPair:
    refresh["user_id"] = str(family.user_id)
    refresh[FAMILY_CLAIM] = family.pk
    access = refresh.access_token
    return TokenPair(str(access), str(refresh), access["exp"] * 1000)


def _decode(token_class: type[T], text: str) -> T:
    try:
        token: Any = token_class(text)  # type: ignore[arg-type]  # the annotation is too narrow: it takes text
    except ExpiredTokenError as error:
        raise TokenExpired from error
    except TokenError as error:
        raise Unauthenticated("The token is not valid.") from error
    if not isinstance(token.get(FAMILY_CLAIM), int):
        raise Unauthenticated("The token is not valid.")
    return token  # type: ignore[no-any-return]
