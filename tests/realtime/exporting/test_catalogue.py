"""What is gathered for the writers: everything public that is declared, in a stable order."""

import pytest

from realtime.contracts import EventContract, Payload, event_contract
from realtime.exporting.catalogue import Catalogue, catalogue
from realtime.log.revocation import Revoked
from tests.realtime.app import namespaces as _namespaces  # noqa: F401  # declares them
from tests.realtime.app.events import Said
from tests.realtime.exporting.remarks import declared

__all__ = ["declared"]

pytestmark = pytest.mark.either_database


def test_two_types_of_one_name_are_refused(declared: Catalogue) -> None:
    namesake = type("Posted", (Payload,), {"__doc__": "Another.", "__annotations__": {"other": int}})
    declared.events.append(EventContract("other:new", namesake, (), True, None, False, "Another."))
    with pytest.raises(TypeError, match="Posted"):
        declared.structs()


def test_a_type_within_others_is_found_wherever_it_stands(declared: Catalogue) -> None:
    class Nested(Payload):
        """Deep inside."""

    class Holding(Payload):
        """Holds it."""

        many: dict[str, list[Nested | None]]

    declared.events.append(EventContract("other:new", Holding, (), True, None, False, "Another."))
    assert list(declared.structs()) == ["Author", "Holding", "Nested", "Post", "Posted"]


def test_everything_public_is_gathered_in_the_order_of_its_name() -> None:
    found = catalogue()
    assert {event.name for event in found.events if event.internal} == set()
    assert event_contract(Revoked) not in found.events
    assert event_contract(Said) in found.events
    for names in (
        [(event.name, event.payload.__name__) for event in found.events],
        [command.name for command in found.commands],
        [room.pattern for room in found.rooms],
        [error.code for error in found.errors],
        [namespace.name for namespace in found.namespaces],
    ):
        assert len(names) > 1
        assert names == sorted(names)
