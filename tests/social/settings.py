"""The product's settings for servers of these tests: a short grace, and the test's own passwords."""

from livrya.settings import *  # noqa: F403
from livrya.settings import REALTIME

REALTIME = REALTIME | {"PRESENCE_GRACE_SECONDS": 2.0}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
