"""What others are sent of a person."""

import pytest

from livrya.accounts.events import Person, as_person
from livrya.accounts.models import User

pytestmark = pytest.mark.either_database


def test_a_person_is_called_as_they_like_and_else_by_their_name() -> None:
    assert as_person(User(pk=7, username="ada")) == Person(id=7, username="ada", display_name="ada", avatar=None)
    shown = as_person(User(pk=7, username="ada", display_name="Ada L.", avatar="avatars/7/x.webp"))
    assert (shown.display_name, shown.avatar) == ("Ada L.", "/media/avatars/7/x.webp")
