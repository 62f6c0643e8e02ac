"""Files that somebody has sent: theirs alone, whoever asks."""

from django.db.models import QuerySet

from books.models import Chapter, Import
from books.policies import Viewer, viewer_id
from realtime.errors import NotFound

_LONG_FIELDS = (*Import.LONG_FIELDS, *(f"chapter__{name}" for name in Chapter.LONG_FIELDS))


def imports_of(viewer: Viewer) -> QuerySet[Import]:
    """Returns the files that `viewer` has sent, the newest first, without what is in them."""
    return Import.objects.filter(user=viewer_id(viewer)).order_by("-pk").defer(*Import.LONG_FIELDS)


def waiting_imports(viewer: Viewer) -> list[Import]:
    """Returns those of them that nothing was decided of, or that something came between."""
    return [one for one in imports_of(viewer) if not one.is_finished]


def get_import(viewer: Viewer, import_id: int) -> Import:
    """Returns one of `viewer`'s own with its book and chapter, without what is in it. Raises NotFound."""
    found = imports_of(viewer).filter(pk=import_id).select_related("book", "chapter").defer(*_LONG_FIELDS).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found
