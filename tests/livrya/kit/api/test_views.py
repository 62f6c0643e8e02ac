"""The API's own pages."""

import pytest

from tests.livrya.accounts.people import browser

pytestmark = pytest.mark.django_db


def test_the_documentation_needs_nothing_from_elsewhere() -> None:
    page = browser().get("/api/v1/docs/")
    assert b"//cdn" not in page.content
    assert b"https://" not in page.content
    assert "unsafe-inline" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]
