"""Words that a merge would lose or double, recognised when a change is applied.

Splitting, joining and moving a paragraph is taking it out and putting it in again. Yjs takes out with an element all
that is in it, also what the one who did so could not see; and two who do it at once both put it in again.

Lost is what goes without being named: a client names every piece that it takes out, so what lies in a removed element
and is not named was typed by somebody whom it had not heard. So is what arrives in an element that is removed already.
Doubled is what a change takes out a second time and puts in elsewhere, where what came of the first time still stands.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, islice
from typing import NamedTuple

from realtime.documents.letters import Letters, Ranges, Stretch
from realtime.documents.outline import Outline
from realtime.documents.updates import Id, Update
from realtime.documents.weaving import Run, Thread, woven

_CONTEXT = 60
"""Letters on each side that say where words stood: about ten words, of which a book seldom has the same twice."""
_STEPS = 30
"""Runs of letters that are followed for them."""
_MOVES = 256
"""Changes that took out and put in, which are remembered to be compared; those of hours when few people write."""
_MOVED_STRETCHES = 1_000
"""Stretches of one such change; a whole chapter that was put in anew is none that people make at once."""
_TOKENS = 10_000
"""Words of a change that are compared, 2 ms; doubled passages are pages at most."""
GAP = " … "
"""Between words of a doubled clash that do not follow on each other."""
_MOST = 50
"""Clashes told of one change; beyond, the words of each client are told as one."""
_TOKEN = re.compile(r"[⺀-鿿豈-﫿]|[^\W⺀-鿿豈-﫿]+|[^\w\s]")


class ClashKind(StrEnum):
    SWALLOWED = "swallowed"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class Clash:
    """Words that went, or that stand twice.

    `stretch` are the clocks of the words, and whose they are; of doubled ones, those of the change that came second.
    `before` and `after` are letters around them, at most 60, as their writer saw them: that is their place.
    """

    kind: ClashKind
    stretch: Stretch
    words: str
    before: str = ""
    after: str = ""


class _Move(NamedTuple):
    """A change that took letters out and put letters in: `removed` were there until then, `named` is all it named."""

    removed: Sequence[Stretch]
    named: Sequence[Stretch]
    put_in: Sequence[Stretch]


class Clashes:
    """What one copy remembers to recognise them, in memory by what was written. Its owner is the copy's.

    Letters that were taken out before the copy's first state are not known: what clashes with them is lost without a
    place, or not seen to be doubled.
    """

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._letters: dict[int, Letters] = {}
        self._removed: dict[int, Ranges] = {}  # by themselves, not with the element that they were in
        self._gone: set[int] = {0}  # the types that are deleted, and all in them
        self._moves: deque[_Move] = deque(maxlen=_MOVES)

    def take(self, update: Update) -> list[Clash]:
        """Takes in what the outline has taken just before; returns what clashed. What is known clashes with nothing."""
        fresh = self._append(update)
        named = [Stretch(client, clock, clock + length) for client, clock, length in update.deletions]
        if not (fresh or named):
            return []
        lost = [each for each in fresh if self._is_gone(each)]
        going = self._going(named)
        removed, with_element, is_twice = self._divided(named, going)
        if going:
            lost += (Stretch(*each) for each in self._outline.stretches(going))
            self._gone |= going
        found = list(self._swallowed(_without(_ranges(named), lost))) if lost else []
        for client, start, end in removed:
            self._removed.setdefault(client, Ranges()).add(start, end)
        if named and fresh:
            if is_twice:
                found += self._doubled(named, [each for each in fresh if not self._is_gone(each)])
            if len(named) + len(fresh) <= _MOVED_STRETCHES:
                self._moves.append(_Move([*removed, *with_element], named, fresh))
        return found

    def _append(self, update: Update) -> list[Stretch]:
        """Returns the letters of the update that are new."""
        fresh = []
        for client, structs in update.structs.items():
            letters = self._letters.get(client)
            if letters is None:
                letters = self._letters[client] = Letters()
            for struct in structs:
                if struct.clock + struct.length > letters.next:
                    start = letters.append(struct)
                    if struct.text:
                        fresh.append(Stretch(client, start, letters.next))
        return fresh

    def _is_gone(self, stretch: Stretch) -> bool:
        return self._outline.home(stretch.client, stretch.start) in self._gone

    def _going(self, named: Iterable[Stretch]) -> set[int]:
        """Returns the types that are deleted by this, with all that lies in them."""
        going = {number for each in named for number in self._outline.types_in(*each)} - self._gone
        return self._outline.within(going) - self._gone if going else going

    def _divided(self, named: Iterable[Stretch], going: set[int]) -> tuple[list[Stretch], list[Stretch], bool]:
        """Returns what is taken out by itself, what with its element, and whether some was taken out before."""
        removed: list[Stretch] = []
        with_element: list[Stretch] = []
        is_twice = False
        for client, first, last in named:
            before = self._removed.get(client, _NOTHING)
            for home, start, end in self._outline.homes(client, first, last):
                if home in self._gone:
                    is_twice = True
                    continue
                new = [Stretch(client, *each) for each in before.outside(start, end)]
                is_twice = is_twice or new != [(client, start, end)]
                (with_element if home in going else removed).extend(new)
        return removed, with_element, is_twice

    def _swallowed(self, named: Sequence[Stretch]) -> Iterator[Clash]:
        """Yields the words that go with elements; what was typed at one place as one."""
        lost = _ranges(named)
        alive = sorted(self._alive(named), key=lambda each: (each.client, self._home(each), each.start))
        of_client = [list(own) for _, own in groupby(alive, key=lambda each: each.client)]
        threads = [thread for own in of_client for thread in self._threads(own)]
        if len(threads) > _MOST:
            threads = [Thread(self._origin(own[0]), own) for own in of_client]
        for origin, pieces in threads:
            words = "".join(self._letters[client].text(start, end) for client, start, end in pieces)
            if words.strip():
                client = pieces[0].client
                own = [each for each in pieces if each.client == client]
                stretch = Stretch(client, min(each.start for each in own), max(each.end for each in own))
                after = self._after(self._letters[client].right(pieces[0].start), lost)
                yield Clash(ClashKind.SWALLOWED, stretch, words, self._before(origin), after)

    def _threads(self, alive: Iterable[Stretch]) -> Iterator[Thread]:
        """Yields what a client has written into each text, joined where only white space was between it before."""
        for _, own in groupby(alive, key=self._home):
            threads = woven([Run(each, self._origin(each)) for each in self._runs(own)])
            last: Thread | None = None
            for thread in sorted(threads, key=lambda thread: thread.origin or (-1, -1)):
                between = self._between(last.origin, thread.origin) if last else []
                if last and between is not None:
                    last = Thread(last.origin, [*last.pieces, *between, *thread.pieces])
                    continue
                if last:
                    yield last
                last = thread
            if last:
                yield last

    def _between(self, first: Id | None, second: Id | None) -> list[Stretch] | None:
        """Returns what lies between two letters, where that is white space; None where it is more, or not known."""
        if first is None or second is None or first[0] != second[0]:
            return None
        letters = self._letters.get(first[0])
        if letters is None or second[1] - first[1] > _CONTEXT or letters.run(second[1])[0] > first[1]:
            return None
        between = list(self._alive([Stretch(first[0], first[1] + 1, second[1] + 1)]))
        return None if self._text(between).strip() else between

    def _origin(self, stretch: Stretch) -> Id | None:
        """Returns the letter, or whatever it is, behind which this was written."""
        begun, origin = self._letters[stretch.client].run(stretch.start)
        return (stretch.client, stretch.start - 1) if begun < stretch.start else origin

    def _runs(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """Yields the stretches, divided where something was not written behind the clock before."""
        for client, start, end in stretches:
            while start < end:
                behind = min(end, self._letters[client].run_end(start))
                yield Stretch(client, start, behind)
                start = behind

    def _home(self, stretch: Stretch) -> int:
        return self._outline.home(stretch.client, stretch.start)

    def _alive(self, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
        """Yields what of it was not taken out by itself."""
        for client, start, end in stretches:
            for each in self._removed.get(client, _NOTHING).outside(start, end):
                yield Stretch(client, *each)

    def _before(self, at: Id | None) -> str:
        """Returns the letters up to this one, as their writers saw them."""
        text = ""
        for _ in range(_STEPS):
            if at is None or len(text) >= _CONTEXT or at[0] not in self._letters:
                break
            client, clock = at
            begun, at = self._letters[client].run(clock)
            start = max(begun, clock + 1 - 2 * _CONTEXT)
            text = self._text([Stretch(client, start, clock + 1)]) + text
        return text[-_CONTEXT:]

    def _after(self, at: Id | None, lost: Mapping[int, Ranges]) -> str:
        """Returns the letters from this one on, without those that are lost as well."""
        text = ""
        for _ in range(_STEPS):
            if at is None or len(text) >= _CONTEXT or at[0] not in self._letters:
                break
            client, clock = at
            letters = self._letters[client]
            behind = min(letters.run_end(clock), clock + 2 * _CONTEXT)
            text += self._text(_without(lost, [Stretch(client, clock, behind)]))
            at = letters.right(clock)
        return text[:_CONTEXT]

    def _text(self, stretches: Iterable[Stretch]) -> str:
        """Returns what of it was not taken out by itself; each type's letters on a line."""
        found: list[str] = []
        home = None
        for each in self._alive(stretches):
            now = self._home(each)
            if home not in (None, now):
                found.append("\n")
            home = now
            found.append(self._letters[each.client].text(each.start, each.end))
        return "".join(found)

    def _doubled(self, named: Sequence[Stretch], put_in: Sequence[Stretch]) -> list[Clash]:
        """Returns what this puts in of what it takes out for the second time, and what still stands of the first."""
        ranges = self._were(named)
        clients = {each.client for each in put_in}
        mine = self._text(put_in)
        told: list[str] = []
        for at in reversed(range(len(self._moves))):
            move = self._moves[at]
            both = _both(ranges, move.removed)
            if not both or clients & {each.client for each in move.put_in}:
                continue
            theirs = self._text(each for each in self._become(at) if not self._is_gone(each))
            removed = "".join(self._letters[client].text(start, end) for client, start, end in both)
            words = _common(removed, theirs, mine)
            if words and words not in told:  # of three who did the same, the third has it from two
                told.append(words)
        return [Clash(ClashKind.DOUBLED, put_in[0], words) for words in told[:_MOST]]

    def _were(self, named: Sequence[Stretch]) -> Mapping[int, Ranges]:
        """Returns the stretches with those for which moves put them in."""
        ranges = _ranges(named)
        for move in reversed(self._moves):
            if _both(ranges, move.put_in):
                for client, start, end in move.named:
                    ranges.setdefault(client, Ranges()).add(start, end)
        return ranges

    def _become(self, at: int) -> list[Stretch]:
        """Returns what a move put in, and what later ones put in for it."""
        found = list(self._moves[at].put_in)
        for move in islice(self._moves, at + 1, None):
            if _both(_ranges(found), move.removed):
                found += move.put_in
        return found


_NOTHING = Ranges()


def _ranges(stretches: Iterable[Stretch]) -> dict[int, Ranges]:
    found: dict[int, Ranges] = {}
    for client, start, end in stretches:
        found.setdefault(client, Ranges()).add(start, end)
    return found


def _both(ranges: Mapping[int, Ranges], stretches: Iterable[Stretch]) -> list[Stretch]:
    return [
        Stretch(client, *each)
        for client, start, end in stretches
        for each in ranges.get(client, _NOTHING).inside(start, end)
    ]


def _without(named: Mapping[int, Ranges], stretches: Iterable[Stretch]) -> list[Stretch]:
    return [
        Stretch(client, *each)
        for client, start, end in stretches
        for each in named.get(client, _NOTHING).outside(start, end)
    ]


def _common(removed: str, first: str, second: str) -> str:
    """Returns the words of `removed` that stand in both, as the second has them; "" where these are not most of it."""
    gone, one, other = ([*islice(_TOKEN.finditer(text), _TOKENS)] for text in (removed, first, second))
    both = {token[0] for token in gone} & {token[0] for token in one}
    runs: list[tuple[int, int]] = []
    length = 0
    for is_both, tokens in groupby(other, key=lambda token: token[0] in both):
        run = list(tokens)
        if is_both and any(token[0][0].isalnum() for token in run):
            runs.append((run[0].start(), run[-1].end()))
            length += sum(len(token[0]) for token in run)
    if 2 * length < sum(len(token[0]) for token in gone):
        return ""
    return GAP.join(second[start:end] for start, end in runs)
