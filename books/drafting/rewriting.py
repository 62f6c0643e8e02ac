"""Turns what is in one block of a draft's document into other inlines, writing only what differs.

A block's content is compared as one line of characters, in which a hard break and an image are a character each. Of
the texts in the document the one that keeps most goes on as each text of the new content: two never stand beside each
other, since an editor would write both into one, and two editors both twice.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pycrdt import XmlElement, XmlText

from books.drafting.aligning import Budget, common
from books.drafting.blocks import HardBreak, Image, Inline, Span
from books.drafting.content import Content, Node, Part, fill, insert_thing, look, said_of, write

_MOST_BYTES = 100_000_000
"""Bytes that the library may walk past in one change, 0.2 to 1 s: it looks for each place from a text's start. That is
200 changes in a paragraph of 500,000 characters. What comes above is written anew, from the front."""

# No text holds halves of a surrogate pair: these stand for what is no text.
_BREAK = 0xD800
_IMAGES = range(0xD801, 0xE000)


class _Stretch(NamedTuple):
    """What stays of one part of the old line in one part of the new one; places from the parts' starts."""

    old: int
    new: int
    length: int


@dataclass(slots=True)
class Rewriter:
    """Rewrites blocks, with bounded work for all of them together."""

    _budget: Budget = field(default_factory=Budget)
    _bytes: int = _MOST_BYTES

    def rewrite(self, element: XmlElement, content: Content, inlines: Sequence[Inline]) -> None:
        """Makes the element hold these normal inlines, where `content` is what it holds."""
        if not (content.is_plain and self._try(element, content, inlines)):
            del element.children[0 : len(element.children)]
            fill(element, inlines)

    def _try(self, element: XmlElement, content: Content, inlines: Sequence[Inline]) -> bool:
        """Tells whether it could be done as it should; otherwise some of it is done."""
        parts = _parts(inlines)
        old, new = _lines([part for _, part in content.parts], parts)
        stretches = _stretches(old, new, self._budget)
        stays = _stays(content.parts, parts, stretches)
        come_or_go = len(parts) + len(content.parts) - 2 * len(stays)
        if not self._pays(come_or_go, len(content.parts)):
            return False
        at = len(content.parts)
        for index in reversed(range(len(parts))):
            part, was = parts[index], stays.get(index)
            if was is not None:
                del element.children[was + 1 : at]
                at = was
                node, before = content.parts[was]
                if isinstance(node, XmlText) and isinstance(part, tuple):
                    if not self._edit(node, old.texts[was], part, stretches.get((was, index), [])):
                        return False
                elif isinstance(part, Image) and before != part:
                    _set_image(node, before, part)
            elif not isinstance(part, tuple):
                insert_thing(element, at, part)
            elif part:
                write(element.children.insert(at, XmlText()), 0, part)
        del element.children[0:at]
        return True

    def _edit(self, text: XmlText, old: str, spans: Sequence[Span], stretches: Sequence[_Stretch]) -> bool:
        """Makes a text say this, of which these stretches stay."""
        edits = list(_edits(old, spans, stretches))
        if not self._pays(sum(1 + len(come) for _, _, come in edits), len(old.encode())):
            return False
        for place, gone, come in edits:
            del text[place : place + gone]
            write(text, place, come)
        return self._format(text, spans)

    def _format(self, text: XmlText, spans: Sequence[Span]) -> bool:
        """Gives what a text says the marks that it should have."""
        due = list(_changed_looks(text, spans))
        if not self._pays(len(due), sum(len(span.text.encode()) for span in spans)):
            return False
        for start, stop, said in reversed(due):
            text.format(start, stop, said)
        return True

    def _pays(self, times: int, size: int) -> bool:
        self._bytes -= times * size
        return self._bytes >= 0


@dataclass(frozen=True, slots=True)
class _Line:
    """Parts as one line of characters: what each says, and where it begins."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]

    def part_at(self, place: int) -> int:
        """Returns which part has the character at this place."""
        # Of parts that begin here, all but the last are empty.
        return bisect_right(self.starts, place) - 1


def _parts(inlines: Sequence[Inline]) -> list[Part]:
    """Returns texts and things by turns, beginning and ending with a text, which may be empty."""
    parts: list[Part] = []
    spans: list[Span] = []
    for one in inlines:
        if isinstance(one, Span):
            spans.append(one)
        else:
            parts += [tuple(spans), one]
            spans = []
    return [*parts, tuple(spans)]


def _lines(old: Sequence[Part], new: Sequence[Part]) -> tuple[_Line, _Line]:
    images: dict[str, str] = {}

    def text_of(part: Part) -> str:
        if isinstance(part, tuple):
            return "".join(span.text for span in part)
        if isinstance(part, HardBreak):
            return chr(_BREAK)
        return images.setdefault(part.src, chr(_IMAGES[len(images) % len(_IMAGES)]))

    made = [tuple(map(text_of, parts)) for parts in (old, new)]
    return _Line(made[0], _starts(made[0])), _Line(made[1], _starts(made[1]))


def _starts(texts: Sequence[str]) -> tuple[int, ...]:
    starts, place = [], 0
    for text in texts:
        starts.append(place)
        place += len(text)
    return tuple(starts)


def _stretches(old: _Line, new: _Line, budget: Budget) -> dict[tuple[int, int], list[_Stretch]]:
    """Returns what stays, for each old part and the new part that it is in."""
    found: dict[tuple[int, int], list[_Stretch]] = {}
    for run in common("".join(old.texts), "".join(new.texts), budget):
        done = 0
        while done < run.length:
            was, at = old.part_at(run.old + done), new.part_at(run.new + done)
            from_old, from_new = run.old + done - old.starts[was], run.new + done - new.starts[at]
            length = min(run.length - done, len(old.texts[was]) - from_old, len(new.texts[at]) - from_new)
            found.setdefault((was, at), []).append(_Stretch(from_old, from_new, length))
            done += length
    return found


def _stays(
    old: Sequence[tuple[Node, Part]], new: Sequence[Part], stretches: Mapping[tuple[int, int], Sequence[_Stretch]]
) -> dict[int, int]:
    """Returns for new parts the old ones that go on as them, in order."""
    kept = {pair: sum(stretch.length for stretch in some) for pair, some in stretches.items()}
    stays: dict[int, int] = {}
    taken: set[int] = set()
    # What stays is in order, so that any choice of it is.
    for was, at in sorted(kept, key=lambda pair: (-kept[pair], pair)):
        if at not in stays and was not in taken:
            stays[at] = was
            taken.add(was)
    return stays | dict(_emptied(old, new, stays))


def _emptied(
    old: Sequence[tuple[Node, Part]], new: Sequence[Part], stays: Mapping[int, int]
) -> Iterator[tuple[int, int]]:
    """Yields texts that go on though nothing of them stays: what somebody types into them meanwhile does."""
    last_at = last_was = -1
    for at, was in [*sorted(stays.items()), (len(new), len(old))]:
        waiting = [place for place in range(last_was + 1, was) if isinstance(old[place][0], XmlText)]
        # Texts with something in them first; the order is kept by taking as many from the front.
        places = [place for place in range(last_at + 1, at) if isinstance(new[place], tuple)]
        filled = [place for place in places if new[place]] or places
        yield from zip(filled, waiting, strict=False)
        last_at, last_was = at, was


def _set_image(element: Node, before: Part, image: Image) -> None:
    assert isinstance(before, Image)
    for name in ("src", "alt"):
        if getattr(before, name) != getattr(image, name):
            element.attributes[name] = getattr(image, name)


def _edits(old: str, spans: Sequence[Span], stretches: Sequence[_Stretch]) -> Iterator[tuple[int, int, list[Span]]]:
    """Yields from the last to the first: a place in bytes, how many of them go there, and what comes there instead."""
    starts = _starts([span.text for span in spans])
    place, old_stop, new_stop = len(old.encode()), len(old), sum(len(span.text) for span in spans)
    for stretch in [*reversed(stretches), _Stretch(0, 0, 0)]:
        gone = len(old[stretch.old + stretch.length : old_stop].encode())
        come = list(_between(spans, starts, stretch.new + stretch.length, new_stop))
        place -= gone
        if gone or come:
            yield place, gone, come
        place -= len(old[stretch.old : stretch.old + stretch.length].encode())
        old_stop, new_stop = stretch.old, stretch.new


def _between(spans: Sequence[Span], starts: Sequence[int], start: int, stop: int) -> Iterator[Span]:
    """Yields the spans from one place to another, the outer ones cut."""
    at = max(0, bisect_right(starts, start) - 1)
    while start < stop:
        span, begin = spans[at], starts[at]
        text = span.text[start - begin : stop - begin]
        yield replace(span, text=text)
        start, at = start + len(text), at + 1


def _changed_looks(text: XmlText, spans: Sequence[Span]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yields from which byte to which a text has to look otherwise, and what is to be said of it."""
    pieces = [(piece, said_of(*look(said or {}))) for piece, said in text.diff()]
    starts = _starts([piece for piece, _ in pieces])
    at = place = stop = 0
    for span in spans:
        then = said_of(span.marks, span.link)
        done = 0
        while done < len(span.text):
            piece, now = pieces[at]
            length = min(len(span.text) - done, starts[at] + len(piece) - place)
            start, stop = stop, stop + len(span.text[done : done + length].encode())
            if now != then:
                yield start, stop, {name: then.get(name) for name in {**now, **then} if now.get(name) != then.get(name)}
            done, place = done + length, place + length
            at += place == starts[at] + len(piece)
