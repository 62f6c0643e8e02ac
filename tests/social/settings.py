"""The product's settings for servers of these tests: the test's own passwords, and a grace shorter than in life.

It is longer than a busy machine pauses: who has just made an ephemeral group must still find it.
"""

from livrya.settings import *  # noqa: F403
from livrya.settings import REALTIME

REALTIME = REALTIME | {"PRESENCE_GRACE_SECONDS": 6.0}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
