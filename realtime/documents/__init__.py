"""Documents that people write together: rooms whose durable events are updates of Yjs.

The names here are for authors of apps; what is behind them is the engine's own. See docs/how-to/share-a-document.md.
"""

from realtime.documents.authorship import Stretch, read_with_authors
from realtime.documents.changing import PreparedChange, change, erase, has_begun, prepare
from realtime.documents.clashes import Clash, ClashKind
from realtime.documents.commands import (
    OpenedDocument,
    SyncedDocument,
    UpdatedDocument,
    open_document,
    point,
    sync_document,
    update_document,
)
from realtime.documents.kinds import Clashed, Document, Pointed, Role, Updated
from realtime.documents.updates import Shape

__all__ = [
    "Clash",
    "ClashKind",
    "Clashed",
    "Document",
    "OpenedDocument",
    "Pointed",
    "PreparedChange",
    "Role",
    "Shape",
    "Stretch",
    "SyncedDocument",
    "Updated",
    "UpdatedDocument",
    "change",
    "erase",
    "has_begun",
    "open_document",
    "point",
    "prepare",
    "read_with_authors",
    "sync_document",
    "update_document",
]
