"""What two texts have in common, in order: the stretches that stay when one is turned into the other.

Words are compared first, then the characters inside changed words: so that a stretch that stays means something, and
the work is bounded. Both by a longest common subsequence with a bit for each pair of tokens.
Source: H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004).
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from books.paragraphs import longest_rise
from books.text import UNSPACED

WORD = re.compile(rf"{UNSPACED}|\w+|\s+|.", re.DOTALL)
"""What is compared as one: a word, white space, any other sign by itself; in scripts without spaces every sign."""

_MOST_PAIRS_AT_ONCE = 50_000_000
"""Pairs of tokens that one comparison may keep a bit for, 6 MB and 30 ms: two texts of 7,000 words. Above, phrases that
are there once in both divide the texts first."""
_PHRASE = 4
"""Words of such a phrase: of a long text most that stay are one, and few come back by chance."""
_MOST_PAIRS = 400_000_000
"""Pairs in all for one change, 0.3 s: what is left then counts as rewritten."""
_LONGEST_CHANGE = 100
"""Characters of a change that is looked at by characters: longer ones are sentences, in which single letters that
happen to be the same say nothing."""
_ALIKE = 0.6
"""The part of changed words that must have stayed; otherwise they are other words."""


class Run(NamedTuple):
    """A stretch that is in both: where it begins in each, and how long it is."""

    old: int
    new: int
    length: int


@dataclass(slots=True)
class Budget:
    """How many pairs of tokens may still be compared, for all texts of one change."""

    pairs: int = _MOST_PAIRS

    def takes(self, old: int, new: int) -> bool:
        """Tells whether so many tokens may be compared with so many, and counts it."""
        if old * new > min(self.pairs, _MOST_PAIRS_AT_ONCE):
            return False
        self.pairs -= old * new
        return True


def common(old: str, new: str, budget: Budget) -> list[Run]:
    """Returns the runs of characters that stay, in order, none of them empty, no two of them one."""
    return _joined(_ends_first(old, new, partial(_words, budget, _letters)))


def whole_words(old: str, new: str, budget: Budget) -> list[Run]:
    """Returns the runs of whole words that stay, as `common` does: what people want to be shown."""
    return _joined(_words(budget, _spaces, old, new))


def _joined(found: Iterable[Run]) -> list[Run]:
    runs: list[Run] = []
    for run in found:
        last = runs[-1] if runs else Run(0, 0, 0)
        if (run.old, run.new) == (last.old + last.length, last.new + last.length):
            runs[-1:] = [Run(last.old, last.new, last.length + run.length)]
        else:
            runs.append(run)
    return runs


def in_common(old: Sequence[Hashable], new: Sequence[Hashable], budget: Budget) -> list[tuple[int, int]]:
    """Returns the places of what is the same in both, in order: the most there can be, while that can be paid for."""
    if budget.takes(len(old), len(new)):
        return _subsequence(old, new)
    found: list[tuple[int, int]] = []
    last_was = last_at = -1
    for was, at in [*_anchors(old, new), (len(old), len(new))]:
        some_old, some_new = old[last_was + 1 : was], new[last_at + 1 : at]
        if some_old and some_new and budget.takes(len(some_old), len(some_new)):
            found += [(last_was + 1 + i, last_at + 1 + j) for i, j in _subsequence(some_old, some_new)]
        # What is behind in the phrase, where the one before has not reached.
        for more in range(max(0, last_was + 1 - was, last_at + 1 - at), min(_PHRASE, len(old) - was, len(new) - at)):
            last_was, last_at = was + more, at + more
            found.append((last_was, last_at))
    return found


def _ends_first(old: str, new: str, between: Callable[[str, str], Iterable[Run]]) -> Iterator[Run]:
    """Yields what both begin with, the runs between, and what both end with."""
    start = _same(old, new, _start, min(len(old), len(new)))
    most = min(len(old), len(new)) - start
    end = _same(old, new, _end, most)
    if start:
        yield Run(0, 0, start)
    if end < most:
        for run in between(old[start : len(old) - end], new[start : len(new) - end]):
            yield Run(start + run.old, start + run.new, run.length)
    if end:
        yield Run(len(old) - end, len(new) - end, end)


def _start(text: str, length: int) -> str:
    return text[:length]


def _end(text: str, length: int) -> str:
    return text[len(text) - length :]


def _same(old: str, new: str, part: Callable[[str, int], str], most: int) -> int:
    """Returns how long the longest part is that is the same in both; comparing halves is quicker than one by one."""
    least = 0
    while least < most:
        length = (least + most + 1) // 2
        least, most = (length, most) if part(old, length) == part(new, length) else (least, length - 1)
    return least


def _words(budget: Budget, within: Callable[[Budget, str, str], Iterable[Run]], old: str, new: str) -> Iterator[Run]:
    """Yields the words that stay, and what stays within what is between them."""
    olds, news = ([match for match in WORD.finditer(text) if not match[0].isspace()] for text in (old, new))
    pairs = in_common([match[0] for match in olds], [match[0] for match in news], budget)
    last_was = last_at = 0
    stays = [(olds[i].start(), news[j].start(), olds[i][0]) for i, j in pairs]
    for was, at, word in [*stays, (len(old), len(new), "")]:
        for run in within(budget, old[last_was:was], new[last_at:at]):
            yield Run(last_was + run.old, last_at + run.new, run.length)
        if word:
            yield Run(was, at, len(word))
        last_was, last_at = was + len(word), at + len(word)


def _spaces(_budget: Budget, old: str, new: str) -> Iterator[Run]:
    """Yields the white space that stays at the ends."""
    if not (old and new):
        return
    start = _same(old, new, _start, min(len(text) - len(text.lstrip()) for text in (old, new)))
    if start:
        yield Run(0, 0, start)
    most = min(len(text) - max(start, len(text.rstrip())) for text in (old, new))
    end = _same(old, new, _end, most)
    if end:
        yield Run(len(old) - end, len(new) - end, end)


def _letters(budget: Budget, old: str, new: str) -> Iterator[Run]:
    """Yields the letters that stay."""
    return _ends_first(old, new, partial(_by_characters, budget, (old, new)))


def _by_characters(budget: Budget, whole: tuple[str, str], old: str, new: str) -> Iterator[Run]:
    """Yields the characters that stay between the ends, if so many do with these that they are the same words."""
    if max(len(old), len(new)) > _LONGEST_CHANGE or not budget.takes(len(old), len(new)):
        return
    pairs = _subsequence(old, new)
    if len(pairs) + len(whole[0]) - len(old) >= _ALIKE * min(map(len, whole)):
        yield from (Run(was, at, 1) for was, at in pairs)


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Returns places of tokens that with those behind them are there once in both, as many as are in order."""
    were, are = ([tuple(tokens[at : at + _PHRASE]) for at in range(len(tokens))] for tokens in (old, new))
    counted, recounted = Counter(were), Counter(are)
    places = {phrase: was for was, phrase in enumerate(were) if counted[phrase] == 1}
    shared = [(places[phrase], at) for at, phrase in enumerate(are) if recounted[phrase] == 1 and phrase in places]
    return [shared[index] for index in longest_rise([was for was, _ in shared])]


def _subsequence(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Returns the places of a longest common subsequence."""
    places: dict[Hashable, int] = {}
    for at, token in enumerate(new):
        places[token] = places.get(token, 0) | 1 << at
    # A row for each old token; a bit that is not set: there the subsequence grows by one.
    row = full = (1 << len(new)) - 1
    rows = [row]
    for token in old:
        both = row & places.get(token, 0)
        row = ((row + both) | (row - both)) & full
        rows.append(row)
    found = []
    was, at = len(old), len(new)
    while was and at:
        if rows[was] >> (at - 1) & 1:
            at -= 1
            continue
        was -= 1
        if rows[was] >> (at - 1) & 1:
            at -= 1
            found.append((was, at))
    return found[::-1]
