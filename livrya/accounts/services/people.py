"""Signing up, and what a person says of themselves."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

import realtime
from livrya.accounts import limits, policies, signals
from livrya.accounts.models import User
from livrya.accounts.names import is_reserved
from livrya.kit.pictures import reencode
from livrya.kit.texts import clean_line, clean_text
from realtime.errors import Forbidden, ValidationFailed

if TYPE_CHECKING:  # generic for the type checker alone
    from django.core.files.uploadedfile import UploadedFile

AVATAR_PIXELS = 256
_NAME_TAKEN = "That name is taken."


def sign_up(
    *,
    username: str,
    password: str,
    email: str = "",
    display_name: str = "",
    address: str | None = None,
    actor: User | None = None,
    made_by: str = "",
) -> User:
    """Creates an account and returns it.

    `address` is where its person asks from, None for the system; `actor` is staff who makes it for somebody, and may
    add people; `made_by` names the command that makes it. Raises ValidationFailed, with a sentence for each field: a
    name that is taken, reserved, like another or not allowed, a weak password; RateLimited for too many from one
    address.
    """
    if actor is not None and not policies.staff_may(actor, "accounts.add_user"):
        raise Forbidden
    limits.SIGN_UPS.charge(address)
    user = User(username=username, email=email.strip(), display_name=clean_line(display_name), made_by=made_by)
    errors = _field_errors(user)
    if "username" not in errors and (sentence := name_refusal(username)):  # PostgreSQL takes no NUL even in a question
        errors["username"] = sentence
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = " ".join(error.messages)
    if errors:
        raise ValidationFailed(details={"fields": errors})
    user.set_password(password)
    with realtime.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:  # somebody else was faster
            raise ValidationFailed(details={"fields": {"username": _NAME_TAKEN}}) from error
        signals.person_joined.send(sender=User, user=user, actor=actor)
    return user


def name_refusal(username: str) -> str:
    """Returns why nobody may sign up with a name that is allowed as such; empty where they may."""
    if is_reserved(username):
        return "That name is reserved."
    return "Somebody has that name, or one that looks like it." if User.objects.looks_like_another(username) else ""


def update_profile(
    *,
    actor: User | None,
    user: User,
    display_name: str | None = None,
    bio: str | None = None,
    email: str | None = None,
) -> User:
    """Changes what is given (None: as it was) and returns the person.

    Raises Forbidden, ValidationFailed.
    """
    with realtime.atomic():
        user = _editable(actor, user)
        if display_name is not None:
            user.display_name = clean_line(display_name)
        if bio is not None:
            user.bio = clean_text(bio)
        if email is not None:
            user.email = email.strip()
        if errors := _field_errors(user):
            raise ValidationFailed(details={"fields": errors})
        user.save(update_fields=["display_name", "bio", "email"])
        signals.profile_changed.send(sender=User, user=user, actor=actor)
    return user


def set_avatar(*, actor: User | None, user: User, upload: "UploadedFile[Any] | None") -> User:
    """Replaces the person's picture, or removes it (None), and returns the person.

    The picture is written anew as a small square. Raises Forbidden, ValidationFailed, TooLarge.
    """
    if upload:
        if not policies.may_edit(actor, user):
            raise Forbidden  # before the picture is decoded: a stranger's is not worth the time
        limits.UPLOADS.charge(actor.pk if actor else None)
    picture = reencode(upload, width=AVATAR_PIXELS, height=AVATAR_PIXELS) if upload else None
    with realtime.atomic():
        user = _editable(actor, user)
        storage, old = user.avatar.storage, user.avatar.name
        if picture:
            user.avatar.save("avatar.webp", picture, save=False)
        else:
            user.avatar.name = ""
        user.save(update_fields=["avatar"])
        if old:
            # Only once nobody can come back to it; a rollback leaves the old picture in place.
            transaction.on_commit(lambda: storage.delete(old))
        signals.profile_changed.send(sender=User, user=user, actor=actor)
    return user


def set_privacy(
    *,
    actor: User | None,
    user: User,
    hide_online: bool | None = None,
    hide_reading: bool | None = None,
    hide_typing: bool | None = None,
) -> User:
    """Changes what the person hides (None: as it was) and returns the person; open sessions follow at once.

    Raises Forbidden.
    """
    with realtime.atomic():
        user = _editable(actor, user)
        switches = {"hide_online": hide_online, "hide_reading": hide_reading, "hide_typing": hide_typing}
        changed = {name: value for name, value in switches.items() if value not in (None, getattr(user, name))}
        for name, value in changed.items():
            setattr(user, name, value)
        if changed:
            user.save(update_fields=list(changed))
            signals.privacy_changed.send(sender=User, user=user, actor=actor)
    return user


def _editable(actor: User | None, user: User) -> User:
    if not policies.may_edit(actor, user):
        raise Forbidden
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _field_errors(user: User) -> dict[str, str]:
    """Returns a sentence for each field that is not valid, by its wire name."""
    try:
        user.full_clean(exclude=["password", "avatar"])
    except ValidationError as error:
        fields = {
            "displayName" if name == "display_name" else name: " ".join(messages)
            for name, messages in error.message_dict.items()
            if name != "__all__"
        }
        # What is unique is the name, in two ways: where it is taken it also looks like itself.
        if "__all__" in error.message_dict:
            fields.setdefault("username", error.message_dict["__all__"][0])
        return fields
    return {}
