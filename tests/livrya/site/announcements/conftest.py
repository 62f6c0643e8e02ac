"""Who announces, and who does not."""

import pytest

from livrya.accounts.models import User


@pytest.fixture
def staff():
    return User.objects.create_user("keeper", is_staff=True, is_superuser=True)


@pytest.fixture
def reader():
    return User.objects.create_user("reader")
