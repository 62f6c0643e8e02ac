"""Words that merging has lost or doubled: kept when the change is applied, settled by whoever writes the draft."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

import realtime
from books import signals
from books.models import Clash, ClashKind
from books.models.clash import CONTEXT
from books.policies.drafting import require_writing
from books.services.locking import known_chapter
from livrya.accounts.models import User
from realtime.documents import Clashed

_KEPT = timedelta(days=30)
"""After it was settled: so long somebody may ask what became of their words."""
_DELETED_AT_ONCE = 500


def keep_clashes(chapter_id: int, found: Sequence[Clashed]) -> None:
    """Keeps what a change of the draft has lost or doubled, in the transaction that stores the change.

    What is typed on in the same place, before its author hears of it, is added to the words before it.
    """
    for told in found:
        words = _storable(told.clash.words)
        if not words.strip():
            continue
        with realtime.atomic():
            clash = _continued(chapter_id, told, words) or Clash.objects.create(
                chapter_id=chapter_id,
                kind=ClashKind(told.clash.kind.value),
                author_id=told.user_id,
                words=words,
                before=_storable(told.clash.before)[-CONTEXT:],
                after=_storable(told.clash.after)[:CONTEXT],
                client_id=told.clash.stretch.client,
                clock=told.clash.stretch.end,
            )
            signals.clash_found.send(Clash, clash=clash, actor=None)


def settle_clash(*, actor: User | None, chapter_id: int, clash_id: int) -> bool:
    """Takes a clash off the list; of several who do it at the same time one gets True, and may put the words back."""
    chapter = known_chapter(actor, chapter_id)
    with realtime.atomic():
        require_writing(actor, chapter)
        open_ones = Clash.objects.filter(pk=clash_id, chapter=chapter_id, settled_at__isnull=True)
        is_ours = bool(open_ones.update(settled_at=timezone.now(), settled_by=actor))
        if is_ours:
            require_writing(actor, chapter, act="clash:settle")  # written down where it was done
            signals.clash_settled.send(Clash, clash=Clash.objects.get(pk=clash_id), actor=actor)
    return is_ours


def prune() -> int:
    """Deletes clashes that were settled long ago, some at a time; returns how many went."""
    gone = 0
    while True:
        old = Clash.objects.filter(settled_at__lt=timezone.now() - _KEPT).values_list("pk", flat=True)
        some = list(old[:_DELETED_AT_ONCE])
        gone += Clash.objects.filter(pk__in=some).delete()[0]
        if len(some) < _DELETED_AT_ONCE:
            return gone


def _continued(chapter_id: int, told: Clashed, words: str) -> Clash | None:
    """Returns the clash that these words go on, with them in it."""
    client, start, end = told.clash.stretch
    clash = (
        Clash.objects.select_for_update(no_key=True, of=("self",))
        .filter(
            chapter=chapter_id,
            kind=told.clash.kind.value,
            author=told.user_id,
            client_id=client,
            clock=start,
            settled_at__isnull=True,
        )
        .first()
    )
    if clash is None or not (clash.before + clash.words).endswith(_storable(told.clash.before) or "\0"):
        return None
    clash.words += words
    clash.clock = end
    clash.save(update_fields=["words", "clock"])
    return clash


def _storable(text: str) -> str:
    return text.replace("\0", "")
