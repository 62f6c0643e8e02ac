"""Notifies people of what happens in accounts."""

from typing import Any

from django.dispatch import receiver

from livrya.accounts.models import Follow, User
from livrya.accounts.signals import user_followed
from notifications import services
from notifications.kinds import NEW_FOLLOWER


@receiver(user_followed)
def _followed(*, follow: Follow, actor: User | None, **_: Any) -> None:
    notice = services.Notice(
        kind=NEW_FOLLOWER.code,
        message=f"{follow.follower} follows you.",
        url=f"/people/{follow.follower.username}/",
        # Not the follow's own id: following, unfollowing and following again notifies once.
        cause=f"user:{follow.follower_id} follows",
        about=f"user:{follow.follower_id}",
        subject={"user_id": follow.follower_id},
    )
    services.notify(actor=actor, recipients=[follow.followed_id], notice=notice)
