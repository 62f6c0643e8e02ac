"""The checker of shared documents: who typed which words, which were called saved, and what each copy shows in the end.

Each writer types words that nobody else types, so that whatever became of one can be told from the texts alone. Record
with `Writing.writer` (one for each copy, however often it connects), `word` and `saved`; when everybody has come to
rest let each say what it `shows`; then `check`. The promises are S1 to S3 of docs/guarantees.md: S1 saved, S2 nothing
lost, nothing doubled, S3 one text. `realtime.testing.history` checks the events by which the copies hear of each other.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PROMISES = {"S1": "saved", "S2": "nothing lost, nothing doubled", "S3": "one text"}

WORD = re.compile(r"w\d+n\d+e")
"""Letters and digits alone: no editor, no Markdown and no typographer makes something else of them."""

_CHARACTERS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken promise, and how it shows."""

    promise: str
    message: str

    def __str__(self) -> str:
        return f"{self.promise} {PROMISES[self.promise]}: {self.message}"


class WriterRecord:
    """What one copy is known to have done. `text` is what it shows in the end, None where nobody can ask it."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.typed: list[str] = []
        self.text: str | None = None
        self._number = number
        self._saved: dict[str, None] = {}

    def word(self) -> str:
        """Returns a word that nobody has typed, and notes that it is typed now.

        Words are told apart without spaces between them; nobody may write into one.
        """
        word = f"w{self._number}n{len(self.typed) + 1}e"
        self.typed.append(word)
        return word

    def saved(self, *words: str) -> None:
        """The copy was told that these are committed; again is no harm."""
        self._saved.update(dict.fromkeys(words))

    def all_saved(self) -> None:
        """The copy was told that all that it has typed is committed."""
        self.saved(*self.typed)

    @property
    def acknowledged(self) -> list[str]:
        """What was called saved, in the order of that."""
        return list(self._saved)

    def shows(self, text: str) -> None:
        """The copy, which has heard everything, shows this, marks included."""
        self.text = text


class Writing:
    """Everything about the writing of one document. Belongs to one thread or loop."""

    def __init__(self) -> None:
        self.writers: list[WriterRecord] = []

    def writer(self, name: str) -> WriterRecord:
        """Begins the record of a copy, be it of somebody who only reads."""
        record = WriterRecord(name, len(self.writers) + 1)
        self.writers.append(record)
        return record

    def breaches(self, log: str, *, published: str | None = None) -> list[Breach]:
        """Returns every broken promise: S1 first, for what is not in the log is missing elsewhere, too.

        `log` is the text that the log makes, as the copies show theirs. `published` may have another form (Markdown for
        XML): of that the words count, and their order.
        """
        return [*self._not_saved(log), *self._not_once(log, published), *self._not_one(log, published)]

    def check(self, log: str, *, published: str | None = None) -> None:
        """Raises AssertionError with the first breach, in words."""
        found = self.breaches(log, published=published)
        if found:
            more = f"\n… and {len(found) - 1} more." if len(found) > 1 else ""
            raise AssertionError(f"{found[0]}{more}")

    def _not_saved(self, log: str) -> Iterator[Breach]:
        there = set(words_of(log))
        for writer in self.writers:
            for word in writer.acknowledged:
                if word not in there:
                    yield Breach("S1", f"{word} of {writer.name} was called saved, and is not in the log")

    def _not_once(self, log: str, published: str | None) -> Iterator[Breach]:
        there = set(words_of(log))
        saved = [word for writer in self.writers for word in writer.acknowledged]
        kept = [word for word in saved if word in there]  # the others are breaches of S1
        yield from _once("the log", log, [])
        for writer in self.writers:
            if writer.text is not None:
                own = set(writer.typed).difference(saved)
                yield from _once(f"the copy of {writer.name}", writer.text, [*kept, *sorted(own)])
        if published is not None:
            yield from _once("what is published", published, kept)

    def _not_one(self, log: str, published: str | None) -> Iterator[Breach]:
        for writer in self.writers:
            if writer.text is not None and writer.text != log:
                yield Breach(
                    "S3", f"the copy of {writer.name} is not what the log makes: {_difference(writer.text, log)}"
                )
        if published is not None and words_of(published) != words_of(log):
            yield Breach("S3", "what is published has other words than the log, or in another order")


def words_of(text: str) -> list[str]:
    """Returns the writers' words in a text, in their order."""
    return WORD.findall(text)


def _once(name: str, text: str, expected: Iterable[str]) -> Iterator[Breach]:
    times = Counter(words_of(text))
    for word in expected:
        if word not in times:
            yield Breach("S2", f"{word} is missing in {name}")
    for word, count in times.items():
        if count > 1:
            yield Breach("S2", f"{word} stands {count} times in {name}")


def _difference(text: str, log: str) -> str:
    pairs = enumerate(zip(text, log, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(text), len(log)))
    shown = slice(max(0, at - _CHARACTERS_SHOWN // 2), at + _CHARACTERS_SHOWN // 2)
    return f"…{text[shown]}… for …{log[shown]}…"
