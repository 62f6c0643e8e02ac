"""Refusals that only groups know."""

from realtime.errors import ApplicationError


class RoomNotFound(ApplicationError):
    """There is no such group, or it has ended."""

    code = "ROOM_NOT_FOUND"
    http_status = 404
    message = "There is no such group."


class RoomFull(ApplicationError):
    """As many people are in the group as it takes."""

    code = "ROOM_FULL"
    http_status = 409
    message = "This group is full."


class WrongPassword(ApplicationError):
    """The group has a password, and it is another one."""

    code = "WRONG_PASSWORD"
    http_status = 403
    message = "That is not the password of this group."


class NotInvited(ApplicationError):
    """The group is private, and the link to it opens it no more: one needs an invitation that holds."""

    code = "NOT_INVITED"
    http_status = 403
    message = "This group is private. Ask one of its members for an invitation."


class Banned(ApplicationError):
    """The group's moderators do not let this person in."""

    code = "BANNED"
    http_status = 403
    message = "You may not enter this group any more."


class NotMember(ApplicationError):
    """The group's members may do this; join it first."""

    code = "NOT_MEMBER"
    http_status = 403
    message = "You are not a member of this group."


class ReportedEnough(ApplicationError):
    """Several people have reported this already; the moderators will look at it."""

    code = "REPORTED_ENOUGH"
    http_status = 409
    message = "The moderators know of this already and will look at it."
