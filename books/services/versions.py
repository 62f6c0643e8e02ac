"""Versions of a draft: named, compared, restored, deleted."""

import realtime
from books import limits, signals
from books.drafting.blocks import Block
from books.drafting.comparing import Compared, compare
from books.drafting.merging import identified, written
from books.errors import invalid
from books.models import Chapter, Version, VersionKind
from books.policies.drafting import require_writing
from books.services import checking, drafts, keeping, rendering
from books.services.locking import known_chapter, known_version, lock_chapter
from books.services.replacing import replace_draft
from livrya.accounts.models import User
from realtime.errors import Conflict, NotFound


def name_version(*, actor: User | None, chapter_id: int, name: str) -> Version:
    """Keeps what the draft says now, under a name, for good."""
    limits.VERSIONS.charge(actor.pk if actor else None)
    line = checking.line("name", name, longest=limits.TITLE)
    seen = known_chapter(actor, chapter_id)
    require_writing(actor, seen)
    with rendering.turn():
        text, ids = written(drafts.said_now(seen))
    if len(text) > limits.CHAPTER:
        raise invalid("text", f"At most {limits.CHAPTER:,} characters, please.")
    with realtime.atomic():
        chapter = lock_chapter(actor, chapter_id)
        require_writing(actor, chapter, act="version:name")
        if chapter.versions.filter(kind=VersionKind.NAMED).count() >= limits.NAMED_VERSIONS:
            raise Conflict(f"A chapter has at most {limits.NAMED_VERSIONS} named versions. Delete one of them first.")
        version = keeping.keep(chapter, text, ids, VersionKind.NAMED, actor=actor, name=line)
        assert version is not None
        signals.version_named.send(Version, version=version, actor=actor)
    return version


def delete_version(*, actor: User | None, version_id: int) -> None:
    """Deletes a named version. The others go by themselves: nobody takes from the others what they could go back to."""
    limits.VERSIONS.charge(actor.pk if actor else None)
    version = known_version(actor, version_id)
    with realtime.atomic():
        chapter = lock_chapter(actor, version.chapter_id)
        require_writing(actor, chapter, act="version:delete")
        if version.kind != VersionKind.NAMED:
            raise Conflict("Only named versions are deleted; the others go by themselves.")
        Version.objects.filter(pk=version_id).delete()
        signals.version_deleted.send(Version, version=version, actor=actor)


def restore_version(*, actor: User | None, version_id: int) -> Chapter:
    """Makes the draft say again what it said then, as a change like any other; what it says now is kept before.

    Only what differs changes: paragraphs keep their ids, and whoever types meanwhile goes on in what stays. Readers see
    a chapter that is out as it was until the changes are published. Changes nothing where the draft says it already.
    """
    limits.VERSIONS.charge(actor.pk if actor else None)
    version = known_version(actor, version_id)

    def finish(changes: bool) -> None:
        if changes:
            signals.version_restored.send(Version, version=version, actor=actor)

    return replace_draft(
        actor=actor,
        chapter_id=version.chapter_id,
        text=version.text,
        ids=version.paragraph_ids,
        kind=VersionKind.RESTORING,
        act="version:restore",
        finish=finish,
    )


def compare_versions(*, actor: User | None, version_id: int, other_id: int | None = None) -> list[Compared]:
    """Returns a version beside another one of its chapter, or the draft as it is now, paragraph by paragraph."""
    version = known_version(actor, version_id)
    require_writing(actor, version.chapter)
    other = known_version(actor, other_id) if other_id is not None else None
    if other is not None and other.chapter_id != version.chapter_id:
        raise NotFound("There is no such version.")
    with rendering.turn():
        return compare(_blocks(version), _blocks(other) if other else drafts.said_now(version.chapter))


def _blocks(version: Version) -> list[Block]:
    return identified(version.text, version.paragraph_ids)
