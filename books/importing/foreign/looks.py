"""What a style sheet says about how words look, as far as it is ours to keep: italics, and what is hidden.

A few lines are enough for the classes that programs write; this is no cascade.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from books.drafting.blocks import Mark

_OF_A_CLASS = re.compile(r"\s*\w*\.([-\w]+)\s*")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Look:
    """What is said of words: marks that they have, marks that they have not, and whether they are seen at all."""

    marks: frozenset[Mark] = frozenset()
    without: frozenset[Mark] = frozenset()
    is_hidden: bool = False


@dataclass
class Looks:
    """Looks by the names of classes."""

    of_class: dict[str, Look] = field(default_factory=dict)

    def learn(self, sheet: str) -> None:
        """Adds the rules of a style sheet that are for a class alone."""
        for selectors, said in _rules(_COMMENT.sub("", sheet)):
            look = look_of(said)
            if look != Look():
                for selector in selectors.split(","):
                    if found := _OF_A_CLASS.fullmatch(selector):
                        known = self.of_class.get(found[1], Look())
                        self.of_class[found[1]] = _both(known, look)

    def of(self, attributes: Mapping[str, str]) -> Look:
        """Returns the look of an element by its attributes."""
        look = look_of(attributes.get("style", ""))
        for name in attributes.get("class", "").split():
            look = _both(look, self.of_class.get(name, Look()))
        return look


def look_of(style: str) -> Look:
    """Returns what declarations such as `font-style: italic; display: none` say."""
    said = dict(_declarations(style))
    marks: set[Mark] = set()
    without: set[Mark] = set()
    slant, weight = said.get("font-style", ""), said.get("font-weight", "")
    if slant in ("italic", "oblique"):
        marks.add("italic")
    elif slant == "normal":
        without.add("italic")
    if weight in ("bold", "bolder", "600", "700", "800", "900"):
        marks.add("bold")
    elif weight in ("normal", "lighter", "400"):
        without.add("bold")
    if "small-caps" in (said.get("font-variant", ""), said.get("font-variant-caps", "")):
        marks.add("smallCaps")
    if "line-through" in said.get("text-decoration", "") or "line-through" in said.get("text-decoration-line", ""):
        marks.add("strike")
    is_hidden = said.get("display") == "none" or said.get("visibility") == "hidden" or said.get("mso-hide") == "all"
    return Look(frozenset(marks), frozenset(without), is_hidden)


def _rules(sheet: str) -> Iterable[tuple[str, str]]:
    """Yields what is before each innermost pair of braces, and what is in it. Goes once over the sheet."""
    for piece in sheet.split("}")[:-1]:
        before, brace, said = piece.rpartition("{")
        if brace:
            yield before.rpartition("{")[2], said


def _declarations(style: str) -> Iterable[tuple[str, str]]:
    for one in style.lower().split(";"):
        name, _, value = one.partition(":")
        yield name.strip(), value.replace("!important", "").strip()


def _both(one: Look, other: Look) -> Look:
    return Look(one.marks | other.marks, one.without | other.without, one.is_hidden or other.is_hidden)
