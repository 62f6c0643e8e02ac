"""Files that hold a book."""

import json
from pathlib import Path


def book_file(folder: Path, **changes) -> Path:
    content = {
        "title": "The Ferry",
        "author": "Ada Lund",
        "licence": "CC0 1.0",
        "tags": ["Water"],
        "warnings": ["death"],
        "chapters": [
            {"volume": "Spring", "title": "Ice", "paragraphs": ["The river _moved_.", "***", "Nobody saw."]},
            {"title": "Mud", "paragraphs": ["One line\n   of verse,\n\nand another."]},
        ],
    } | changes
    file = folder / "ferry.json"
    file.write_text(json.dumps(content))
    return file
