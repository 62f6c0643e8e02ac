"""Where the tests of a module lie, for whoever changes it.

A module's tests lie in a file of its name in the folder of its app, such as `tests/books/test_comments.py` for what any
layer of `books` does about comments, and for the engine in its floor's folder. Where one suite tests a whole package,
or the layers of one thing, `SUITES` says so: the longest name that fits a module holds.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("realtime", "livrya", "books", "social", "notifications")

FOLDERS = {
    "livrya/accounts": "tests/livrya/accounts",
    "livrya/site/pages": "tests/livrya/site/pages",
    **{app: f"tests/{app}" for app in APPS},
}
"""Where tests lie; the longest folder that fits."""

SUITES = {
    # The engine's root: what authors of apps use.
    "realtime.admin": "tests/books/test_admin.py",  # needs an app with an admin
    "realtime.consumers": "tests/realtime/servers/test_servers.py",
    "realtime.namespaces": "tests/realtime/sessions/test_session.py",
    "realtime.routing": "tests/realtime/servers/test_servers.py",
    "realtime.management": "tests/realtime/ops/test_inspection.py",
    "realtime.management.commands.export_contracts": "tests/livrya/test_documented_commands.py",
    "realtime.management.commands.prune_events": "tests/realtime/log/test_retention.py",
    "realtime.management.commands.realtime_new_epoch": "tests/realtime/log/test_retention.py",
    # Its floors: one suite for what stands together.
    "realtime.doors": "tests/realtime/doors/test_stock_clients.py",
    "realtime.doors.engineio.binding": "tests/realtime/doors/test_addresses_let_nobody_in.py",
    "realtime.doors.engineio.carrier": "tests/realtime/doors/test_moving.py",
    "realtime.exporting": "tests/realtime/exporting/test_writers.py",
    "realtime.hub": "tests/realtime/hub/test_delivery.py",
    "realtime.hub.layer": "tests/realtime/hub/test_channels_redis.py",
    "realtime.hub.seats": "tests/realtime/doors/test_seats.py",
    "realtime.log.auto_rooms": "tests/realtime/sessions/test_session.py",
    "realtime.log.redis_parser": "tests/realtime/hub/test_channels_redis.py",
    "realtime.people": "tests/realtime/people/presence/test_sessions.py",
    "realtime.people.limits": "tests/realtime/people/limits/test_stores.py",
    "realtime.people.presence.memory": "tests/realtime/people/presence/test_store.py",
    "realtime.people.presence.local": "tests/realtime/people/presence/test_tracker.py",
    "realtime.people.presence.publishing": "tests/realtime/people/presence/test_tracker.py",
    "realtime.people.presence.redis": "tests/realtime/people/presence/test_store.py",
    "realtime.people.presence.online": "tests/livrya/accounts/test_contacts.py",  # needs people who know each other
    "realtime.people.processes": "tests/realtime/people/processes/test_register.py",
    "realtime.people.processes.keeper": "tests/realtime/people/presence/test_tracker.py",
    "realtime.people.typing": "tests/realtime/people/typing/test_store.py",
    "realtime.servers": "tests/realtime/servers/test_servers.py",
    "realtime.servers.http": "tests/realtime/servers/test_heads.py",
    "realtime.servers.websocket": "tests/realtime/servers/test_straight_writing.py",
    "realtime.sessions": "tests/realtime/sessions/test_session.py",
    "realtime.testing": "tests/realtime/testing/test_history.py",
    "realtime.testing.capture": "tests/realtime/log/test_writing.py",
    "realtime.testing.client": "tests/realtime/sessions/test_session.py",
    "realtime.testing.server": "tests/realtime/servers/test_servers.py",
    "realtime.transport": "tests/realtime/transport/test_write_batch.py",
    # People and staff.
    "livrya.accounts": "tests/livrya/accounts/test_people.py",
    "livrya.accounts.api.keeping_away": "tests/livrya/accounts/test_blocking.py",
    "livrya.accounts.api.tokens": "tests/livrya/accounts/test_access.py",
    "livrya.accounts.backends": "tests/livrya/test_acts.py",
    "livrya.accounts.services.tokens": "tests/livrya/accounts/test_access.py",
    "livrya.accounts.sessions": "tests/livrya/accounts/test_access.py",
    "livrya.audit": "tests/livrya/test_staff.py",
    # The kit and the site.
    "livrya.kit.api": "tests/livrya/test_api_routes.py",
    "livrya.management.commands": "tests/livrya/test_documented_commands.py",
    "livrya.management.commands.worker": "tests/livrya/site/jobs/test_worker_process.py",
    "livrya.site.announcements": "tests/livrya/site/announcements/test_announcements.py",
    "livrya.site.demo": "tests/livrya/site/demo/test_filling.py",
    "livrya.site.demo.cast": "tests/livrya/site/demo/test_cast.py",
    "livrya.site.development": "tests/livrya/test_lines.py",
    "livrya.site.jobs.process": "tests/livrya/site/jobs/test_worker_process.py",
    "livrya.site.monitoring": "tests/livrya/site/monitoring/test_commands.py",
    "livrya.site.pages": "tests/livrya/site/pages/test_reading.py",
    "livrya.site.pages.desk": "tests/livrya/site/pages/test_writing.py",
    "livrya.site.pages.forms": "tests/livrya/site/pages/test_writing.py",
    "livrya.site.pages.devices": "tests/livrya/site/pages/test_people.py",
    "livrya.site.pages.notifications": "tests/livrya/site/pages/test_people.py",
    "livrya.site.pages.people_forms": "tests/livrya/site/pages/test_people.py",
    "livrya.site.pages.reports": "tests/livrya/site/pages/test_people.py",
    "livrya.site.pages.manual": "tests/livrya/site/pages/test_developers.py",
    "livrya.site.pages.requests": "tests/livrya/site/pages/test_odd_requests.py",
    "livrya.site.pages.conversation": "tests/livrya/site/pages/test_rooms.py",
    "livrya.site.pages.room_forms": "tests/livrya/site/pages/test_rooms.py",
    "livrya.site.templatetags": "tests/livrya/site/test_template_tags.py",
    # Books.
    "books.admin": "tests/books/test_admin.py",
    "books.api": "tests/livrya/test_api_routes.py",
    "books.epub": "tests/books/test_epub.py",
    "books.events": "tests/books/test_broadcasts.py",
    "books.importing": "tests/books/test_importing.py",
    "books.management": "tests/books/test_importing.py",
    "books.models.book": "tests/books/test_books.py",
    "books.models.chapter": "tests/books/test_releases.py",
    "books.models.comment": "tests/books/test_comments.py",
    "books.namespaces": "tests/livrya/test_lines.py",
    "books.namespaces.autorooms": "tests/books/test_typing.py",
    "books.policies.rooms": "tests/books/test_crowds.py",
    # Groups.
    "social": "tests/social/test_groups.py",
    "social.api": "tests/livrya/test_api_routes.py",
    "social.models.message": "tests/social/test_attachments.py",
    "social.models.report": "tests/social/test_reports.py",
    "social.namespaces": "tests/social/test_live.py",
    "social.notices": "tests/social/test_messages.py",
    "social.policies.rooms": "tests/social/test_live.py",
    "social.policies.views": "tests/social/test_live.py",
    # The bell.
    "notifications": "tests/notifications/test_telling.py",
    "notifications.admin": "tests/books/test_admin.py",
    "notifications.api": "tests/livrya/test_api_routes.py",
    "notifications.audiences": "tests/notifications/test_fan_out.py",
    "notifications.namespaces": "tests/notifications/test_sockets.py",
}


def modules() -> Iterator[Path]:
    """Yields the modules that do something: a function, or a class with one. Apps and packages only put together."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if path.name not in ("__init__.py", "apps.py") and "migrations" not in path.parts and _acts(path):
                yield path.relative_to(ROOT)


def _acts(path: Path) -> bool:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(
        isinstance(node, functions)
        or (isinstance(node, ast.ClassDef) and any(isinstance(each, functions) for each in node.body))
        for node in ast.parse(path.read_text()).body
    )


def folder_of(module: Path) -> tuple[Path, Path]:
    """Returns where the tests of the module's app lie, and the module's own folder below that."""
    home = max((each for each in FOLDERS if module.is_relative_to(each)), key=len)
    return Path(FOLDERS[home]), module.parent.relative_to(home)


def files_of_its_name(module: Path) -> list[Path]:
    """Returns the test files that are called as the module is; the engine's and the site's in their own folder."""
    tests, below = folder_of(module)
    name = f"test_{module.stem}.py"
    if module.parts[0] in ("realtime", "livrya") and tests in (Path("tests/realtime"), Path("tests/livrya")):
        return [path for path in [tests / below / name] if (ROOT / path).exists()]
    return [path.relative_to(ROOT) for path in (ROOT / tests).rglob(name)]


def suite_of(module: Path) -> str | None:
    """Returns the name in `SUITES` that fits best."""
    dotted = ".".join(module.with_suffix("").parts)
    fitting = [name for name in SUITES if dotted == name or dotted.startswith(f"{name}.")]
    return max(fitting, key=len, default=None)
