"""Every permission question of the library."""

from books.policies.people import (
    Viewer,
    may,
    may_comment,
    may_read,
    require,
    rights_in,
    viewer_id,
    visible_to,
    written_by,
)

__all__ = [
    "Viewer",
    "may",
    "may_comment",
    "may_read",
    "require",
    "rights_in",
    "viewer_id",
    "visible_to",
    "written_by",
]
