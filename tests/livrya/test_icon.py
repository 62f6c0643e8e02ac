"""The site's icon, for browsers that ask where no page has named one."""

from django.test import Client


def test_a_browser_that_asks_by_itself_finds_the_icon(client: Client) -> None:
    answer = client.get("/favicon.ico", follow=True)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
