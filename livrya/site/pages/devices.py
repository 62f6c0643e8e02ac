"""Names the browsers in which somebody is signed in, so that they know which one to sign out."""

from typing import Any, NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from livrya.accounts.models import LoginSession, User
from livrya.accounts.selectors import login_sessions

# In this order: Edge and Opera call themselves Chrome too, and everybody calls themselves Safari.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
_KEY = "device"


class Device(NamedTuple):
    """One sign-in: its public name, what to call it, and whether it is the one that asks."""

    fingerprint: str
    name: str
    is_this_one: bool


def device_name(user_agent: str) -> str:
    """Returns "Firefox on Linux" for a User-Agent header, "A browser" for one that says nothing known."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def devices_of(user: User, session_key: str | None) -> list[Device]:
    """Returns where the person is signed in, the last used first."""
    here = LoginSession.fingerprint_of(session_key or "")
    return [
        Device(session.fingerprint, session.get_decoded().get(_KEY, "A browser"), session.fingerprint == here)
        for session in login_sessions(user)
    ]


@receiver(user_logged_in)
def remember_device(request: HttpRequest | None, **_: Any) -> None:
    """Notes the browser in the session it signed in to; the header itself is not kept. Tokens have no session."""
    session = getattr(request, "session", None)
    if request is not None and session is not None and SESSION_KEY in session:
        session[_KEY] = device_name(request.headers.get("User-Agent", ""))
