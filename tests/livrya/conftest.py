from collections.abc import Iterator

import pytest
from django.core.cache import cache

from livrya.settings import REALTIME
from realtime.people.limits.acts import ACTS
from tests.livrya.routes import ROLES, World
from tests.livrya.test_socket_fuzz import _UNLIMITED


@pytest.fixture
def world(settings, tmp_path) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path
    unlimited = dict.fromkeys(_UNLIMITED, 1e9) | {"CONNECTIONS_PER_USER": 100, "HEARTBEAT_SECONDS": 3600}
    settings.ACT_LIMITS = dict.fromkeys(ACTS, (10**9, 1))
    settings.REALTIME = REALTIME | unlimited | {"AUTH_DEADLINE_SECONDS": 0.05}
    cache.clear()
    yield World(**dict.fromkeys(ROLES))
    cache.clear()
