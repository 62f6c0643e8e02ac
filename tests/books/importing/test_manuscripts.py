"""Files that hold a book: read whole, or refused with one sentence."""

import json

import pytest

from books.errors import BrokenFile
from books.importing.manuscripts import read_manuscript, read_manuscripts
from tests.books.importing.files import book_file

pytestmark = pytest.mark.either_database


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "at line 1, column 2"),
        ("[]", "Expected object, got array"),
        ('{"title": "x"}', "missing required field author"),
        ('{"title": "x", "author": "y", "chapters": []}', "has no chapters"),
        (
            '{"title": "x", "author": "y", "chapters": [{"title": "a", "paragraphs": ["b", 3]}]}',
            "chapters[0].paragraphs[1]",
        ),
        ('{"title": "x", "author": "y", "chapters": [{"title": "a", "paragraphs": [" "]}]}', "no text, at chapters[0]"),
        (
            '{"title": "x", "author": "y", "chapters": [{"title": " ", "paragraphs": ["a"]}]}',
            "title is empty, at chapters[0]",
        ),
        ('{"title": "x", "author": "y", "chapters": [{"titel": "a", "paragraphs": []}]}', "titel"),
        (
            '{"title": "x", "author": "y", "warnings": ["Bees"], "chapters": [{"title": "a", "paragraphs": ["b"]}]}',
            "Bees",
        ),
        ("[" * 100_000, "nested too deeply"),
        (b"\xff\xfe", "not UTF-8, at byte 0"),
        ('{"title": "x", "author": "\\ud800", "chapters": []}', "half a character or NUL, at author"),
        ('{"title": "x", "tags": ["a", "b\\u0000"]}', "half a character or NUL, at tags.1"),
        ('{"\\udfff": 1}', "half a character or NUL"),
        ('{"title": ' + "9" * 5_000 + "}", "a number is too long"),
    ],
)
def test_a_broken_file_is_one_sentence_that_names_the_file_and_the_place(tmp_path, content, sentence):
    file = tmp_path / "broken.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BrokenFile) as refusal:
        read_manuscript(file)
    assert str(file) in str(refusal.value)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_asterisks_of_a_plain_text_stay_asterisks(tmp_path):
    from books.text import render

    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "file_list.json").write_text('["chapter_1.txt"]')
    text = "the deep.*\n\n*The sperm whale, [as] it_is_"
    (folder / "chapter_1.json").write_text(json.dumps({"chapter": "1", "title": "Loomings.", "text": text}))
    (book,) = read_manuscripts(tmp_path)
    assert render(book.chapters[0].text) == ["<p>the deep.*</p>", "<p>*The sperm whale, [as] it_is_</p>"]


def test_paragraphs_become_the_text_that_the_library_stores(tmp_path):
    manuscript = read_manuscript(book_file(tmp_path))
    assert [chapter.text for chapter in manuscript.chapters] == [
        "The river _moved_.\n\n***\n\nNobody saw.",
        "One line\nof verse,\nand another.",
    ]
    assert (manuscript.warning_bits, manuscript.progress, manuscript.language) == (2, "complete", "en")


def test_the_books_of_a_folder_come_by_name_and_an_empty_one_says_so(tmp_path):
    with pytest.raises(BrokenFile, match=r"no \.json file"):
        list(read_manuscripts(tmp_path))
    for title in ("Beta", "Alpha"):
        book_file(tmp_path, title=title).rename(tmp_path / f"{title.lower()}.json")
    assert [manuscript.title for manuscript in read_manuscripts(tmp_path)] == ["Alpha", "Beta"]
    assert [manuscript.title for manuscript in read_manuscripts(tmp_path / "beta.json")] == ["Beta"]
    with pytest.raises(BrokenFile, match="No such file"):
        list(read_manuscripts(tmp_path / "gamma.json"))
