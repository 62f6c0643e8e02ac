"""What of notifications the API shows and takes."""

import msgspec
import pytest
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from notifications.api.serializers import NotificationSerializer, ReadSerializer, WantedSerializer
from notifications.events import Shown, shown
from notifications.models import Notification

pytestmark = pytest.mark.either_database


def test_a_notification_is_shown_as_over_sockets_with_every_field_declared() -> None:
    now = timezone.now()
    kept = Notification(pk=7, kind="REMARK", message="hello", url="/", subject={"book_id": 3}, created_at=now)
    kept.occurred_at = now
    given = NotificationSerializer(kept).data
    assert given == msgspec.to_builtins(shown(kept))
    assert given["bookId"] == 3
    assert set(NotificationSerializer().fields) == {field.encode_name for field in msgspec.structs.fields(Shown)}


@pytest.mark.parametrize("given", [{}, {"ids": [1], "all": True}, {"ids": []}, {"ids": [0]}, {"ids": [2**63]}])
def test_either_some_are_read_or_all(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ReadSerializer(data=given).is_valid(raise_exception=True)


def test_what_is_read_or_wanted_reaches_the_service_as_it_is() -> None:
    for serializer, given in (
        (ReadSerializer, {"ids": [1, 2], "all": False}),
        (ReadSerializer, {"all": True}),
        (WantedSerializer, {"kinds": ["REMARK"]}),
    ):
        taken = serializer(data=given)
        assert taken.is_valid()
        assert taken.validated_data == given
