"""What a client says about itself is ignored; whom a command is about is not."""

import msgspec
import pytest

from livrya.site.namespaces import default
from realtime.errors import ValidationFailed
from realtime.sessions.dispatch import Request, decode


def test_who_the_sender_claims_to_be_is_ignored():
    handler, alias = default.commands["book:join"]
    claimed = decode(handler, alias, Request(name="book:join", args=[{"bookId": 1, "userId": "7", "username": "ada"}]))
    assert claimed == decode(handler, alias, Request(name="book:join", args=[1]))


def test_the_person_that_a_command_is_about_is_taken():
    handler, alias = default.commands["user:follow"]
    assert msgspec.to_builtins(decode(handler, alias, Request(name="user:follow", args=[{"userId": 7}])))["userId"] == 7


def test_any_other_unknown_field_is_refused():
    handler, alias = default.commands["book:join"]
    with pytest.raises(ValidationFailed, match="colour"):
        decode(handler, alias, Request(name="book:join", args=[{"bookId": 1, "colour": "red"}]))
