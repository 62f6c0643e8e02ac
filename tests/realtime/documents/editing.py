"""People who write one document at random, with the library that servers and clients use; and those who mean harm."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from pycrdt import Doc, UndoManager, XmlElement, XmlFragment, XmlText

WORDS = ("a", "Wort ", "é", "😀", "他说", "שלום ", "e\u0301", "\x00", "x" * 30)
MARKS: tuple[dict[str, object], ...] = ({"bold": {}}, {"bold": None}, {"link": {"href": "https://example.org/?a[]=1"}})


@dataclass(slots=True)
class Sent:
    """One update, and those that its writer had when they wrote it."""

    data: bytes
    before: frozenset[int]


class Session:
    """Some people, each with a copy; they hear of each other's updates late, in any order that is causal."""

    def __init__(self, chance: Random, people: int = 3) -> None:
        self.chance = chance
        self.people = people
        self.sent: list[Sent] = []
        self._docs: list[Doc] = []
        self._heard: list[set[int]] = [set() for _ in range(self.people)]
        self._undo: list[UndoManager] = []
        self._hearing = False
        clients = self.chance.sample([0, 1, 127, 128, 2**31, 2**32 - 1, 2**53 - 1, self.chance.randrange(2**53)], k=8)
        for person in range(self.people):
            doc: Doc = Doc(client_id=clients[person])
            root = doc.get("text", type=XmlFragment)
            self._docs.append(doc)
            self._undo.append(UndoManager(scopes=[root], capture_timeout_millis=0))
            doc.observe(lambda event, person=person: self._note(person, event.update))

    def _note(self, person: int, data: bytes) -> None:
        if not self._hearing:
            self.sent.append(Sent(bytes(data), frozenset(self._heard[person])))
            self._heard[person].add(len(self.sent) - 1)

    def run(self, steps: int) -> "Session":
        for _ in range(steps):
            person = self.chance.randrange(self.people)
            if self.chance.random() < 0.3:
                self.hear(person, at_most=self.chance.randrange(4))
            self._act(person)
        return self

    def hear(self, person: int, at_most: int | None = None) -> None:
        heard = self._heard[person]
        self._hearing = True
        for number, sent in enumerate(self.sent):
            if number not in heard and sent.before <= heard and at_most != 0:
                self._docs[person].apply_update(sent.data)
                heard.add(number)
                at_most = None if at_most is None else at_most - 1
        self._hearing = False

    def _act(self, person: int) -> None:
        chance = self.chance
        doc = self._docs[person]
        root = doc.get("text", type=XmlFragment)
        with doc.transaction():
            for _ in range(chance.choice((1, 1, 1, 5))):
                act(chance, root)
        if chance.random() < 0.15:
            undo = self._undo[person]
            chance.choice((undo.undo, undo.undo, undo.redo))()

    def state(self, person: int) -> bytes:
        return self._docs[person].get_update()

    def orders(self) -> Iterator[list[int]]:
        """Yields causal orders of all that was sent, without end."""
        while True:
            order: list[int] = []
            seen: set[int] = set()
            left = list(range(len(self.sent)))
            self.chance.shuffle(left)
            while left:
                number = next(each for each in left if self.sent[each].before <= seen)
                left.remove(number)
                order.append(number)
                seen.add(number)
            yield order


def act(chance: Random, root: XmlFragment) -> None:
    """One change of a kind that an editor makes."""
    blocks = len(root.children)
    roll = chance.random()
    if not blocks or roll < 0.15:
        block = XmlElement("block", chance.choice(({}, {"kind": "heading", "level": 2}, {"ordered": True})))
        root.children.insert(chance.randint(0, blocks), block)
        block.children.append(XmlText(chance.choice(WORDS)))
        return
    at = chance.randrange(blocks)
    if roll < 0.22:
        del root.children[at]
        return
    block = root.children[at]
    if roll < 0.35:
        key = chance.choice(("kind", "level", "id"))
        if chance.random() < 0.3 and key in block.attributes:
            del block.attributes[key]
        else:
            block.attributes[key] = chance.choice(("quote", 1, 2.5, True, None, -7, 2**40, "p-é"))
        return
    if roll < 0.42:
        inner = XmlElement(chance.choice(("hardBreak", "image")), {"src": "/1.png"} if roll < 0.38 else {})
        block.children.insert(chance.randint(0, len(block.children)), inner)
        return
    texts = [child for child in block.children if isinstance(child, XmlText)]
    if not texts:
        block.children.append(XmlText("neu"))
        return
    text = chance.choice(texts)
    _act_in_text(chance, text, roll)


def _act_in_text(chance: Random, text: XmlText, roll: float) -> None:
    # Offsets count bytes, and only those between characters are taken.
    bounds = [0]
    for part, _ in text.diff():
        bounds += (
            [bounds[-1] + len(part[: end + 1].encode()) for end in range(len(part))]
            if isinstance(part, str)
            else [bounds[-1] + 1]
        )
    here = chance.randrange(len(bounds))
    start, end = sorted((bounds[here], bounds[min(here + chance.randrange(9), len(bounds) - 1)]))
    if roll < 0.6 and end > start:
        del text[start:end]
    elif roll < 0.7 and end > start:
        text.format(start, end, chance.choice(MARKS))
    elif roll < 0.73:
        text.insert_embed(start, {"note": [1, None]})
    else:
        text.insert(start, chance.choice(WORDS), chance.choice((None, None, {"italic": {}})))
