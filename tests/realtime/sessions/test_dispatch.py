"""What a client says about itself is ignored; whom a command is about is not."""

import msgspec
import pytest

from realtime.errors import ValidationFailed
from realtime.sessions.dispatch import Request, decode
from tests.realtime.app.namespaces import halls


def test_who_the_sender_claims_to_be_is_ignored():
    handler, alias = halls.commands["hall:join"]
    claimed = decode(handler, alias, Request(name="hall:join", args=[{"hallId": 1, "userId": "7", "username": "ada"}]))
    assert claimed == decode(handler, alias, Request(name="hall:join", args=[1]))


def test_the_person_that_a_command_is_about_is_taken():
    handler, alias = halls.commands["hall:greet"]
    assert msgspec.to_builtins(decode(handler, alias, Request(name="hall:greet", args=[{"userId": 7}])))["userId"] == 7


def test_any_other_unknown_field_is_refused():
    handler, alias = halls.commands["hall:join"]
    with pytest.raises(ValidationFailed, match="colour"):
        decode(handler, alias, Request(name="hall:join", args=[{"hallId": 1, "colour": "red"}]))
