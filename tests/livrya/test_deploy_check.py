"""The settings of an installation that is really used pass Django's own list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


def checked(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {
        "DEBUG": "false",
        "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOP",
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    everything = {**os.environ, **given, **environment}
    return subprocess.run(command, cwd=settings.BASE_DIR, env=everything, capture_output=True, text=True, check=False)


@pytest.mark.either_database
def test_the_check_for_deploying_is_clean_behind_a_proxy_and_says_what_is_missing_without(tmp_path: Path) -> None:
    clean = checked(tmp_path, TRUSTED_PROXIES="1")
    assert clean.returncode == 0, clean.stderr
    assert "realtime.W003" in checked(tmp_path, TRUSTED_PROXIES="0").stderr


@pytest.mark.either_database
def test_no_other_host_of_the_domain_can_set_the_cookies_of_a_sign_in_over_https(tmp_path: Path) -> None:
    shown = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_PATH)"
    )
    for https, names in [("true", "__Host-sessionid __Host-csrftoken /"), ("false", "sessionid csrftoken /")]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "livrya.settings",
            "VAR_DIR": str(tmp_path),
            "HTTPS": https,
        }
        command = [sys.executable, "-c", shown]
        found = subprocess.run(
            command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
        )  # our own command
        assert found.stdout.strip() == names
