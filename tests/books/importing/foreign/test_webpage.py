"""Saved pages become chapters."""

import pytest

from books.importing.foreign.shapes import Remark
from books.importing.foreign.webpage import read

pytestmark = pytest.mark.either_database


def test_a_page_is_parted_by_its_headings() -> None:
    page = '<html lang="fr"><meta charset="iso-8859-1"><title>Le Bac</title><h1>Un</h1><p>Hé<h1>Deux</h1><p>oui<img>'
    reading = read(page.encode("latin-1"))
    assert [(chapter.title, chapter.text) for chapter in reading.chapters] == [("Un", "Hé"), ("Deux", "oui")]
    assert (reading.title, reading.language, reading.remarks) == ("Le Bac", "fr", [Remark.PICTURES])


def test_a_page_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    page = "<h1>Un</h1><p>Hé &amp; <em>non</em></p>".encode()
    for end in range(page.index(b"H") + 1, len(page)):
        assert read(page[:end]).chapters[0].text.startswith("H")
