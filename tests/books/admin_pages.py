"""The library's admin as staff use it: forms filled in as they stand, and actions."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from tests.livrya.accounts.people import person

FIELDS = re.compile(r"<input\b[^>]*>|<textarea\b[^>]*>.*?</textarea>|<select\b[^>]*>.*?</select>", re.S)


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(person("root", is_staff=True, is_superuser=True))
    return client


def page(thing) -> str:
    return reverse(f"admin:books_{type(thing)._meta.model_name}_change", args=[thing.pk])


def sent(client: Client, address: str, **changes) -> tuple[int, str]:
    """Fills in the page's form as it stands, but for the changes, and sends it."""
    given = {}
    for tag in FIELDS.findall(unescape(client.get(address).content.decode())):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or name[1].startswith(("_", "action", "csrf")):
            continue
        if tag.startswith("<textarea"):
            given[name[1]] = re.search(r">(.*)</textarea>", tag, re.S)[1].removeprefix("\n")
        elif tag.startswith("<select"):
            chosen = re.findall(r'<option value="([^"]*)" selected', tag)
            given[name[1]] = chosen[0] if chosen else ""
        elif 'type="checkbox"' in tag:
            if "checked" in tag:
                given.setdefault(name[1], []).append(re.search(r'value="([^"]*)"', tag)[1] if "value=" in tag else "on")
        elif 'type="submit"' not in tag and 'type="file"' not in tag:
            value = re.search(r'value="([^"]*)"', tag)
            given[name[1]] = value[1] if value else ""
    answer = client.post(address, given | changes)
    return answer.status_code, " ".join(re.findall(r"<li>(.*?)</li>", answer.content.decode()))


def act(client: Client, action: str, *things) -> str:
    model = type(things[0])._meta.model_name
    chosen = {"action": action, "_selected_action": [thing.pk for thing in things], "post": "yes"}
    answer = client.post(reverse(f"admin:books_{model}_changelist"), chosen, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()
