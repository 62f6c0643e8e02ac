"""People, and whom they follow."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person with an account; what they hide is theirs to choose."""

    display_name = models.CharField(max_length=80, blank=True)
    bio = models.TextField(max_length=1250, blank=True)
    avatar = models.ImageField(upload_to="avatars/", blank=True)
    hide_online = models.BooleanField(default=False)
    hide_reading = models.BooleanField(default=False)
    hide_typing = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.display_name or self.username
