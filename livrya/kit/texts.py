"""What people write, made safe to show beside other people's words: the one rule for names and texts.

HTML is never stored: texts are plain (or Markdown, whose rendering is sanitised where it is rendered).
"""

import re
import unicodedata

# Overrides and embeddings reorder what is around them; isolates and marks are kept out too, because a
# browser isolates what is marked up with dir="auto". Source: Unicode UAX #9, section 2.
_BIDI_CONTROLS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Characters that cannot be seen and let two names look alike, variation selectors among them; the two that choose
# between emoji and text (U+FE0E, U+FE0F) stay behind signs that have both, see _SELECTORS. ZWNJ and ZWJ are words in
# Persian and in emoji: they stay between visible characters, see _JOINERS_ASTRAY.
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b"
    "\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb"
)
# Tags, variation selectors 17 to 256, what is reserved to be ignored, and private use.
_TAGS_AND_PRIVATE = "\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010fffd"
_UNWANTED = re.compile(f"[{_BIDI_CONTROLS}{_INVISIBLE}{_TAGS_AND_PRIVATE}]")
# C0 (but tab and newline), DEL, C1, lone surrogates and noncharacters: no database or browser wants them.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
JOINERS = "\u200c\u200d"
_JOINERS_ASTRAY = re.compile(f"(?:(?<=\\s)|^)[{JOINERS}]+|[{JOINERS}]+(?=\\s|$)|(?<=[{JOINERS}])[{JOINERS}]+")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u0085")
_SELECTORS = re.compile("([^\ufe0e\ufe0f]?)[\ufe0e\ufe0f]+(\u20e3?)")
# Signs that are text and emoji but belong to no category of symbols; digits, # and * are so within a key's cap only.
_OTHER_SIGNS = "\u203c\u2049\u2139\u3030"
_BRAILLE_BLANK = "\u2800"
_MOST_MARKS = 4
"""Upon one character: Vietnamese, Hebrew with cantillation and Tibetan need no more; sixty cover the lines around."""
_MAY_BE_MARKS = re.compile(f"[^\\x00-\u02ff]{{{_MOST_MARKS + 1}}}")


MOST_SEARCHED_WORDS = 8
MOST_SEARCHED_CHARACTERS = 64


def clean_text(text: str) -> str:
    """Returns the text in NFC without control, bidi and invisible characters; line breaks are "\\n".

    At most one blank line in a row remains, and nothing at the ends.
    """
    text = _LINE_ENDS.sub("\n", text).replace("\u2029", "\n\n")
    text = _strip(text)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def clean_within(text: str) -> str:
    """Returns a piece of a text without controls and invisible characters, as `clean_text` leaves what it is part of.

    Line breaks and white space stay, and joiners at the ends, for other words may stand there.
    """
    # A dash joins with nothing, and no joiner beside it is astray.
    return _strip(f"-{text}-")[1:-1]


def clean_line(text: str) -> str:
    """Returns the text as one line: cleaned as `clean_text` does, every run of white space one space."""
    return " ".join(_strip(_LINE_ENDS.sub(" ", text).replace("\u2029", " ")).split())


def search_words(text: str) -> list[str]:
    """Returns the words that somebody looks for: a few, each of a length at which looking is cheap.

    A database tries a word at every place of every text: one of 2,000 letters `a` costs 60 times as much as one of 30
    in texts that consist of it.
    """
    return [word[:MOST_SEARCHED_CHARACTERS] for word in clean_line(text).split()[:MOST_SEARCHED_WORDS]]


def excerpt(text: str, length: int) -> str:
    """Returns the first `length` characters of the text, on one line; a cut is never inside a grapheme's marks.

    Cleans no more of a long text than it needs: a feed takes the beginnings of fifty chapters.
    """
    looked_at = 4 * length + 100
    line = clean_line(text[:looked_at])
    while len(line) <= length and looked_at < len(text):
        looked_at *= 4
        line = clean_line(text[:looked_at])
    if len(line) <= length:
        return line
    cut = length
    while cut > 0 and (unicodedata.combining(line[cut]) or line[cut] in "\u200d\ufe0f" or line[cut - 1] == "\u200d"):
        cut -= 1
    return line[: cut or length].rstrip()


def _strip(text: str) -> str:
    text = _CONTROLS.sub("", text)
    text = _SELECTORS.sub(_selected, _UNWANTED.sub("", text.replace(_BRAILLE_BLANK, " ")))
    # Joiners last: two of them may stand side by side where marks between them have gone.
    return _JOINERS_ASTRAY.sub("", _with_few_marks(unicodedata.normalize("NFC", text)))


def _selected(found: re.Match[str]) -> str:
    """Returns a character without the selectors behind it; a sign that has two shapes keeps the first one."""
    sign, cap = found[1], found[2]
    has_two = sign in _OTHER_SIGNS or unicodedata.category(sign)[0] == "S" if sign else False
    if has_two or (cap and sign and sign in "0123456789#*"):
        return sign + found[0][len(sign)] + cap
    return sign + cap


def _with_few_marks(text: str) -> str:
    """Returns the text without what is stacked too high: marks of any script, wherever joiners are between them."""
    if not _MAY_BE_MARKS.search(text):
        return text
    kept, height = [], 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Me"):
            height += 1
        elif character not in "\u200c\u200d":
            height = 0
        if height <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)
