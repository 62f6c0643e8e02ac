"""How a group, and a link into it, are written."""

import pytest

from livrya.kit.api.fields import unix_ms
from social.events.describing import link_fields
from social.services.invitations import make_link
from tests.social.rooms import group, owner_of

pytestmark = pytest.mark.django_db


def test_a_link_leads_to_its_groups_page_with_its_token() -> None:
    made = group()
    link, token = make_link(actor=owner_of(made), group_id=made.pk)
    assert made.address == f"/rooms/{made.slug}/"
    assert link_fields(link, token) == {
        "id": link.pk,
        "token": token,
        "url": f"/rooms/{made.slug}/?invite={token}",
        "expires_at": unix_ms(link.expires_at),
    }
