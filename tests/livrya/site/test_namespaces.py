"""What holds for the commands of every app alike."""

from msgspec import inspect as types

from livrya.site.namespaces import default  # declares every command
from realtime.contracts import COMMANDS, id_fields

assert default


def test_every_id_of_every_command_is_one():
    """A whole number called id is an `Id`: in range of a key, and taken as text."""
    for contract in COMMANDS.values():
        info = types.type_info(contract.payload)
        assert isinstance(info, types.StructType)
        named = {
            field.encode_name
            for field in info.fields
            if field.encode_name in ("id", "ids") or field.encode_name.endswith(("Id", "Ids"))
        }
        assert named <= id_fields(contract.payload), contract.name
