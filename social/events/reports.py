"""Reporting over sockets."""

from typing import Annotated, Literal

import msgspec

from realtime.contracts import Id, Payload, command
from social import limits


class ReportFiled(Payload):
    """The report that waits for the moderators."""

    id: int
    kind: str
    target_id: int
    state: str


@command("report:create", reply=ReportFiled, durable=True, cost=5)
class CreateReport(Payload):
    """Report to the moderators a comment, a message in one of your groups, or a person; `id` is its own.

    They see it with its context. The same again is the report that waits already; five about one thing are enough.
    """

    kind: Literal["comment", "message", "person"]
    id: Id
    reason: Annotated[str, msgspec.Meta(max_length=limits.REPORT * 2)]
