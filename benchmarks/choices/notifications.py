"""A hundred of the same within ten minutes, for one person."""

from benchmarks.choices.people import people
from benchmarks.choices.statements import statements
from benchmarks.choices.tables import table
from livrya.accounts.models import User
from notifications.kinds import NEW_FOLLOWER
from notifications.models import Notification
from notifications.selectors import notifications_of
from notifications.services import Notice, notify

MANY = 100


def _tell(person: User, number: int, about: str) -> None:
    notice = Notice(kind=NEW_FOLLOWER.code, message=f"{number}", url="/", cause=f"{about}:{number}", about=about)
    notify(actor=None, recipients=[person.pk], notice=notice)


def measure() -> list[str]:
    """Returns how many rows the bell shows, the table holds, and what one more costs."""
    person = people(1)[0]
    rows: list[tuple[object, ...]] = []
    for name, apart in (("folded (chosen)", False), ("each for itself", True)):
        Notification.objects.filter(recipient=person).delete()
        costs = [
            statements(lambda number=number, apart=apart: _tell(person, number, f"x{number}" if apart else "x"))  # type: ignore[misc]
            for number in range(MANY)
        ]
        kept = Notification.objects.filter(recipient=person).count()
        for number in range(MANY):  # every cause a second time, as by a job that is begun again
            _tell(person, number, f"x{number}" if apart else "x")
        twice = Notification.objects.filter(recipient=person).count() - kept
        rows.append((name, notifications_of(person, unread=True).count(), kept, twice, costs[-1]))
    columns = (
        "100 of the same",
        "shown in the bell",
        "rows",
        "rows more when all is sent again",
        "statements for the last",
    )
    return table(columns, rows)
