"""What becomes of a chapter's paragraphs when its text is written anew: each has an id that stays with it.

Comments, places and events point at ids. Whoever writes sends a text, not ids: so the new text is laid beside the
old one, and a paragraph that was there keeps its id, also where it was changed, moved as it was, split or joined
(of what was split the first part keeps it, of what was joined the first one's is kept).
"""

import re
import secrets
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from books.text import UNSPACED, paragraphs

ID_LENGTH = 12
ID = re.compile(r"[0-9a-z]{8,16}")
"""What an id looks like; ours are random."""

_TOKEN = re.compile(rf"{UNSPACED}|\w+")
_LIKE = 0.5
_AS_LONG = 2
"""So many times as many words are another paragraph unless it has all of these: split off, or joined to. A long one has
the small words of every short one."""
_LEAST_WORDS = 4
"""Shorter paragraphs are known by being the same only: half of two words says nothing."""
_AT_ONCE = 32
_MOST_COMPARED = 40_000
"""Pairs that are compared word by word, 40 ms of short paragraphs: what stands beyond, in a text of which more than
a thousand paragraphs in a row were rewritten, is new."""


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """The ids of the new text's paragraphs in order, and those of them that a reader has not seen at that place."""

    ids: list[str]
    changed: list[str]


def new_ids(count: int) -> list[str]:
    """Returns so many ids that nothing else has."""
    digits = secrets.token_hex(ID_LENGTH // 2 * count)
    return [digits[start : start + ID_LENGTH] for start in range(0, len(digits), ID_LENGTH)]


def carry_over(ids: Sequence[str], before: str, after: str) -> CarriedOver:
    """Returns the ids of `after`, where `ids` are those of `before`.

    What moved counts as changed. The work grows with n log n, and by a fixed amount for what was rewritten.
    """
    old, new = paragraphs(before), paragraphs(after)
    kept = pair(old, new)
    fresh = iter(new_ids(len(new)))
    # A text that was written past the services has fewer ids than paragraphs.
    known = [*ids[: len(old)], *new_ids(max(0, len(old) - len(ids)))]
    carried = [known[kept[at]] if at in kept else next(fresh) for at in range(len(new))]
    return CarriedOver(carried, _changed(carried, kept, old, new))


def known_by_id(ids: Sequence[str], before: str, new_ids: Sequence[str], after: str) -> CarriedOver:
    """Returns the same where the ids of `after` are known, as they are in a draft."""
    old, new = paragraphs(before), paragraphs(after)
    if len(new_ids) != len(new):
        return carry_over(ids, before, after)
    places = {id_: was for was, id_ in enumerate(ids[: len(old)])}
    kept = {at: places[id_] for at, id_ in enumerate(new_ids) if id_ in places}
    return CarriedOver(list(new_ids), _changed(new_ids, kept, old, new))


def _changed(ids: Sequence[str], kept: Mapping[int, int], old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Returns the ids of what is not at its place as it was."""
    places = [(at, kept[at]) for at in sorted(kept) if new[at] == old[kept[at]]]
    stayed = {places[index][0] for index in longest_rise([was for _, was in places])}
    return [id_ for at, id_ in enumerate(ids) if at not in stayed]


def pair(old: Sequence[str], new: Sequence[str], known: Mapping[int, int] | None = None) -> dict[int, int]:
    """Returns for places in the new text where that paragraph was in the old one; `known` are such places."""
    if old == new and not known:
        return {at: at for at in range(len(new))}
    pairs = _Pairs(old, new, known or {})
    pairs.unique(lambda words: words.text)
    pairs.neighbours()
    pairs.unique(lambda words: words.letters)
    pairs.neighbours()
    pairs.alike()
    pairs.neighbours()
    pairs.repeated()
    return pairs.found


@dataclass(frozen=True, slots=True)
class _Words:
    """A paragraph as it is compared: as written, its letters alone, and the words that are in it."""

    text: str
    letters: str
    words: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "_Words":
        tokens = _TOKEN.findall(text.lower())
        return cls(text, "".join(tokens), frozenset(tokens))


class _Pairs:
    """Paragraphs of two texts that are found to be the same, the surest first."""

    def __init__(self, old: Sequence[str], new: Sequence[str], known: Mapping[int, int]) -> None:
        self._old = [_Words.of(text) for text in old]
        self._new = [_Words.of(text) for text in new]
        self.found = dict(known)
        self._taken = set(known.values())

    def unique(self, key: Callable[[_Words], str]) -> None:
        """Pairs what is there once in both, wherever it stands now."""
        were = _once(key(self._old[at]) for at in range(len(self._old)))
        are = _once(key(self._new[at]) for at in range(len(self._new)))
        for what, at in are.items():
            if what and what in were:
                self._take(at, were[what])

    def neighbours(self) -> None:
        """Pairs what is the same and stands beside a pair, or at the same end of both."""
        old, new = len(self._old), len(self._new)
        for at in range(new):
            self._take_if_same(at, self.found.get(at - 1, -1 if at == 0 else None), 1)
        for at in reversed(range(new)):
            self._take_if_same(at, self.found.get(at + 1, old if at == new - 1 else None), -1)

    def alike(self) -> None:
        """Pairs what has most of its words in common, in order, between two pairs that stayed in order."""
        left = _MOST_COMPARED
        for old, new in self._gaps():
            pieces = -(-max(len(old), len(new)) // _AT_ONCE)
            for piece in range(pieces):
                some_old = old[len(old) * piece // pieces : len(old) * (piece + 1) // pieces]
                some_new = new[len(new) * piece // pieces : len(new) * (piece + 1) // pieces]
                left -= len(some_old) * len(some_new)
                if left < 0:
                    return
                for was, at in self._most_alike(some_old, some_new):
                    self._take(at, was)

    def repeated(self) -> None:
        """Pairs what is left and the same, such as a break between scenes: the first one with the first one."""
        waiting: dict[str, list[int]] = {}
        for was in reversed(range(len(self._old))):
            if was not in self._taken:
                waiting.setdefault(self._old[was].text, []).append(was)
        for at, words in enumerate(self._new):
            if at not in self.found and waiting.get(words.text):
                self._take(at, waiting[words.text].pop())

    def _take(self, at: int, was: int) -> None:
        if at not in self.found and was not in self._taken:
            self.found[at] = was
            self._taken.add(was)

    def _take_if_same(self, at: int, beside: int | None, step: int) -> None:
        if at in self.found or beside is None:
            return
        was = beside + step
        if 0 <= was < len(self._old) and self._old[was].text == self._new[at].text:
            self._take(at, was)

    def _gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """Yields what is left of both texts between pairs in order, where something is left of both."""
        places = sorted(self.found.items())
        backbone = [places[index] for index in longest_rise([was for _, was in places])]
        last_at = last_was = -1
        for at, was in [*backbone, (len(self._new), len(self._old))]:
            old = [index for index in range(last_was + 1, was) if self._is_long(index, self._old, self._taken)]
            new = [index for index in range(last_at + 1, at) if self._is_long(index, self._new, self.found)]
            if old and new:
                yield old, new
            last_at, last_was = at, was

    @staticmethod
    def _is_long(index: int, texts: Sequence[_Words], taken: "set[int] | dict[int, int]") -> bool:
        return index not in taken and len(texts[index].words) >= _LEAST_WORDS

    def _most_alike(self, old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yields the pairs in order that have most in common altogether; of two as good, the earlier one."""
        likeness = [[self._likeness(was, at) for at in new] for was in old]
        best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
        for i in reversed(range(len(old))):
            for j in reversed(range(len(new))):
                best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] + best[i + 1][j + 1])
        i = j = 0
        while i < len(old) and j < len(new):
            if likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
                yield old[i], new[j]
                i, j = i + 1, j + 1
            elif best[i][j] == best[i][j + 1]:
                j += 1
            else:
                i += 1

    def _likeness(self, was: int, at: int) -> float:
        """Returns which part of the shorter one's words the other one has, in tenths: a typo decides nothing."""
        one, other = self._old[was].words, self._new[at].words
        fewer, more = sorted((len(one), len(other)))
        likeness = round(len(one & other) / fewer, 1)
        return likeness if likeness >= (_LIKE if more <= _AS_LONG * fewer else 1.0) else 0.0


def _once(keys: Iterator[str]) -> dict[str, int]:
    """Returns where each key is that is there once."""
    places = list(keys)
    counted: Counter[Hashable] = Counter(places)
    return {key: at for at, key in enumerate(places) if counted[key] == 1}


def longest_rise(numbers: Sequence[int]) -> list[int]:
    """Returns the indices of a longest rising subsequence. Source: M. L. Fredman (1975)."""
    # For each length: the least number that a rise of it ends with, and where; for each place: the one before it.
    least: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(least, number)
        before.append(ends[length - 1] if length else -1)
        least[length : length + 1] = [number]
        ends[length : length + 1] = [at]
    rise = []
    at = ends[-1] if ends else -1
    while at >= 0:
        rise.append(at)
        at = before[at]
    return rise[::-1]
