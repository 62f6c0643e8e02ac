"""What describes a group, as people fill it in."""

import pytest

from livrya.site.pages.room_forms import RoomForm
from realtime.errors import Conflict, ValidationFailed
from social.models import Group

pytestmark = pytest.mark.either_database

NAMED = {"name": "Night watch", "lasts": "yes"}


def described(given: dict[str, str], group: Group | None = None) -> dict[str, object]:
    form = RoomForm(given, group=group)
    assert form.is_valid(), form.errors
    return form.description_of()


@pytest.mark.parametrize(
    ("lasts", "persistent", "auto_delete"),
    [("yes", True, False), ("ephemeral", False, False), ("creator", False, True)],
)
def test_how_long_it_lasts_is_said_when_it_is_made(lasts: str, persistent: bool, auto_delete: bool) -> None:
    made = described(NAMED | {"lasts": lasts, "password": "wick"})
    assert (made["persistent"], made["auto_delete"], made["password"]) == (persistent, auto_delete, "wick")
    assert described(NAMED)["password"] == ""


def test_a_change_says_nothing_of_how_long_it_lasts_and_leaves_the_password_unless_told() -> None:
    group = Group(name="Night watch", password="a hash")
    assert "lasts" not in RoomForm(group=group).fields
    assert RoomForm(group=group).initial["password"] == ""
    changed = described({"name": "Day watch"}, group)
    assert "password" not in changed
    assert "persistent" not in changed
    assert described({"name": "Day watch", "password": "oil"}, group)["password"] == "oil"
    assert described({"name": "Day watch", "no_password": "on"}, group)["password"] == ""
    assert "no_password" not in RoomForm(group=Group(name="Open")).fields


@pytest.mark.parametrize("wrong", [{"name": ""}, {"max_users": "1"}, {"max_users": "many"}, {"lasts": "long"}])
def test_what_no_group_can_be_is_refused_at_its_field(wrong: dict[str, str]) -> None:
    form = RoomForm(NAMED | wrong)
    assert not form.is_valid()
    assert set(form.errors) == set(wrong)


def test_a_refusal_stands_at_the_field_that_it_is_about_and_else_above() -> None:
    form = RoomForm(NAMED)
    assert form.is_valid()
    form.refuse(ValidationFailed(details={"fields": {"maxUsers": "Too many.", "lasted": "Odd."}}))
    form.refuse(Conflict("There are enough groups."))
    assert form.errors["max_users"] == ["Too many."]
    assert form.non_field_errors() == ["Odd.", "There are enough groups."]
