"""A typographic cover for books that have no picture."""

from django.template.loader import render_to_string

# Deep inks on which paper-coloured letters have a contrast of at least 7 to 1.
_INKS = (
    "#5b2333",
    "#1f3a4d",
    "#2f4a36",
    "#4a3a63",
    "#6b3a1e",
    "#1d4548",
    "#3d3d4e",
    "#59304f",
    "#44471f",
    "#263c66",
    "#5c2e2e",
    "#33414a",
)
_WIDTH_EM = 11
_MOST_LINES = 7


def typographic_cover(title: str, authors: str, *, key: int, direction: str) -> str:
    """Returns an SVG cover of 1200 by 1800: title and authors on an ink that `key` chooses."""
    lines = break_lines(title, _WIDTH_EM)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1]}…"]
    size = 110 if len(lines) <= 4 else 84
    placed = [(500 + index * size * 1.25, line) for index, line in enumerate(lines)]
    context = {
        "ink": _INKS[key % len(_INKS)],
        "lines": placed,
        "size": size,
        "rule_y": placed[-1][0] + size * 0.8,
        "authors": break_lines(authors, 24)[:2],
        "direction": direction,
        "title": title,
    }
    return render_to_string("books/epub/cover.svg", context)


def break_lines(text: str, width_em: float) -> list[str]:
    """Returns the text in lines of about that width; what has no spaces is broken between characters."""
    lines, line = [], ""
    for word in text.split():
        for piece in _pieces(word, width_em):
            candidate = f"{line} {piece}".strip()
            if line and _width(candidate) > width_em:
                lines.append(line)
                candidate = piece
            line = candidate
    return [*lines, line] if line else lines


def _pieces(word: str, width_em: float) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if piece and _width(piece + character) > width_em:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _width(text: str) -> float:
    # Han, kana and their like fill the em square; letters take about half of it.
    return sum(1.0 if "\u2e80" <= character <= "\uffdc" else 0.52 for character in text)
