"""Refusals that only the library knows."""

from realtime.errors import ApplicationError, Conflict, ValidationFailed


class VersionConflict(Conflict):
    """Somebody else saved in between; `details` has their version. Fetch it and merge."""

    code = "VERSION_CONFLICT"
    http_status = 409
    message = "Somebody else has changed this meanwhile."


class CommentsLocked(ApplicationError):
    """The author has closed the comments of this chapter."""

    code = "COMMENTS_LOCKED"
    http_status = 403
    message = "Comments on this chapter are closed."


class NotOpenedYet(ApplicationError):
    """A review needs at least one opened chapter."""

    code = "NOT_OPENED_YET"
    http_status = 403
    message = "Open a chapter before you review the book."


class BrokenFile(ApplicationError):
    """A file that should hold a book does not; the sentence names the file and the place in it."""

    code = "BROKEN_FILE"
    http_status = 400
    message = "This file holds no book that can be read."


def invalid(field: str, message: str) -> ValidationFailed:
    """Returns the refusal of one field's value, in the shape that forms and the API show."""
    return ValidationFailed(message, details={"fields": {field: message}})
