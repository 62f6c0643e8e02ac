"""People, whom they follow and whom they keep away, and what keeps them signed in."""

import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace

from livrya.accounts.names import SEPARATORS, fold

# `username__lower=` uses the index of the uniqueness constraint, which `__iexact` would not.
models.CharField.register_lookup(Lower)


# The first character is a letter or digit: "." and ".." would be lost from addresses.
validate_username = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9_.@+-]*\Z",
    "Use letters without accents, digits and @ . + - _ and begin with a letter or digit.",
)


def avatar_path(user: "User", filename: str) -> str:
    """Returns a new path for each picture, so that a cached old one is never shown for it."""
    return f"avatars/{user.pk}/{secrets.token_urlsafe(12)}.webp"


class People(UserManager["User"]):
    """Usernames are found whatever their case, and none is made that looks like another."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__lower=(username or "").lower())

    def looks_like_another(self, username: str) -> bool:
        """Tells whether somebody's name differs in case, dots and the like alone."""
        return self.filter(folded=fold(username)).exists()

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **more: Any
    ) -> "User":
        """Makes a superuser, as `manage.py createsuperuser` asks. Raises ValidationError for a name like another's."""
        refusal = ValidationError("Somebody has a name that looks like that one.")
        if self.looks_like_another(username):
            raise refusal
        try:
            with transaction.atomic():
                return super().create_superuser(username, email, password, **more)
        except IntegrityError as error:  # somebody else was faster
            raise refusal from error


def _folded() -> Replace | Lower:
    expression: Replace | Lower = Lower("username")
    for separator in SEPARATORS:
        expression = Replace(expression, Value(separator), Value(""))
    return expression


class User(AbstractUser):
    """A person with an account; what they hide is theirs to choose.

    `username` is ASCII and unique whatever its case; `folded` is what is left of it without case and separators, and
    nobody signs up with one that is there. Accounts of before that rule may share one: the oldest has it, the others
    are `folded_as_another`. `display_name` is free. `made_by` names the
    command that made the account, for commands that go on with it; empty for a person's own.
    """

    username = models.CharField(
        max_length=150,
        unique=True,
        validators=[validate_username],
        error_messages={"unique": "That name is taken."},
    )
    folded = models.GeneratedField(
        expression=_folded(), output_field=models.CharField(max_length=150), db_persist=True, db_index=True
    )
    folded_as_another = models.BooleanField(default=False, editable=False)
    made_by = models.CharField(max_length=20, blank=True, editable=False)
    display_name = models.CharField(max_length=80, blank=True)
    bio = models.TextField(max_length=1250, blank=True)
    avatar = models.ImageField(upload_to=avatar_path, blank=True)
    hide_online = models.BooleanField(default=False, help_text="Nobody sees whether they are there.")
    hide_reading = models.BooleanField(default=False, help_text="Nobody sees what they read.")
    hide_typing = models.BooleanField(default=False, help_text="Nobody sees that they are writing.")

    suspended_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="A closed account opens again by itself then."
    )

    objects: ClassVar[People] = People()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="username_unique_whatever_case", violation_error_message="That name is taken."
            ),
            models.UniqueConstraint(
                fields=["folded"],
                condition=Q(folded_as_another=False),
                name="username_unique_as_it_looks",
                violation_error_message="Somebody has that name, or one that looks like it.",
            ),
        ]
        indexes = [
            models.Index(fields=["suspended_until"], name="user_suspended", condition=Q(suspended_until__isnull=False))
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class Follow(models.Model):
    """One person is notified of what another publishes."""

    follower = models.ForeignKey(User, models.CASCADE, related_name="follows", db_index=False)
    followed = models.ForeignKey(User, models.CASCADE, related_name="followed_by", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="follow_somebody_else"),
        ]
        indexes = [
            models.Index(fields=["followed", "follower"], name="follow_audience"),
            models.Index(fields=["followed", "-id"], name="follow_followers"),
            models.Index(fields=["follower", "-id"], name="follow_following"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followed_id}"


class Block(models.Model):
    """One person wants nothing to do with another: neither sees, follows, answers or invites the other."""

    blocker = models.ForeignKey(User, models.CASCADE, related_name="blocks", db_index=False)
    blocked = models.ForeignKey(User, models.CASCADE, related_name="blocked_by", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_somebody_else"),
        ]
        indexes = [
            models.Index(fields=["blocked", "blocker"], name="block_of_whom"),
            models.Index(fields=["blocker", "-id"], name="block_list"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class Mute(models.Model):
    """One person wants no news of another, who learns nothing of it and may go on as before."""

    muter = models.ForeignKey(User, models.CASCADE, related_name="mutes", db_index=False)
    muted = models.ForeignKey(User, models.CASCADE, related_name="muted_by", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="mute_somebody_else"),
        ]
        indexes = [
            models.Index(fields=["muted", "muter"], name="mute_of_whom"),
            models.Index(fields=["muter", "-id"], name="mute_list"),
        ]

    def __str__(self) -> str:
        return f"{self.muter_id} mutes {self.muted_id}"


class LoginSession(AbstractBaseSession):
    """A browser's session, and whose it is; `livrya.accounts.sessions.SessionStore` keeps it.

    `user` is None before somebody signs in. `auth_hash` is the person's session hash at that moment: it
    stops matching when their password changes by whatever path.
    """

    # No database constraint: a session may be saved at the end of the request that deleted its person.
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="login_sessions", db_constraint=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    auth_hash = models.CharField(max_length=128, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[Any]:
        from livrya.accounts.sessions import SessionStore

        return SessionStore

    @staticmethod
    def fingerprint_of(session_key: str) -> str:
        """Returns what names the session where its key must not be seen (events, logs)."""
        return hashlib.sha256(session_key.encode()).hexdigest()


class TokenFamily(models.Model):
    """All tokens that descend from one sign-in; deleting the row revokes them.

    Each refresh token is good for one rotation: `jti` is the one that may be presented now. `previous_jti` may be
    for a moment longer, for the client whose answer was lost on the way.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="token_families")
    jti = models.CharField(max_length=64)
    previous_jti = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    auth_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "token families"

    def __str__(self) -> str:
        return f"token family {self.pk}"
