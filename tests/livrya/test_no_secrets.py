"""Nothing that opens a door stands in the repository."""

import re
import subprocess
from pathlib import Path

from django.conf import settings

SECRETS = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    rb"|\bAKIA[0-9A-Z]{16}\b"
    rb"|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    rb"|\bsk_live_[A-Za-z0-9]{20,}"
    rb"|\bxox[abpr]-[A-Za-z0-9-]{20,}"
    rb"|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"  # a JWT
    rb"|(?:postgres|postgresql|redis)://[^:/\s\"'`]+:(?!password\b)[^@/\s\"'`{}$]{6,}@(?!localhost|127\.0\.0\.1|host\b)"
)


def test_no_key_token_or_password_is_committed() -> None:
    root = Path(settings.BASE_DIR)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout.split(b"\0")
    paths = [root / name.decode() for name in listed if name]
    assert paths
    found = [str(path) for path in paths if path.is_file() and SECRETS.search(path.read_bytes())]
    assert found == []
    assert not [path for path in paths if path.name == ".env" or path.suffix in (".pem", ".key", ".sqlite3")]


def test_a_secret_would_be_found() -> None:
    assert SECRETS.search(b"key = '" + b"AKIA" + b"ABCDEFGHIJKLMNOP'")
    assert SECRETS.search(b"DATABASE_URL=postgres://livrya:" + b"hunter2hunter2@db.example/livrya")
