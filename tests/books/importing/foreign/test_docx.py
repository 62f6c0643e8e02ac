"""Word's files become chapters, without what Word hides."""

import pytest

from books.importing.foreign.docx import read
from books.importing.foreign.shapes import Reading, Reason, Remark, Unreadable
from tests.books.importing.foreign.files import (
    FOOTNOTES,
    PICTURE,
    docx,
    packed,
    paragraph,
    run,
    word_parts,
    word_styles,
)

pytestmark = pytest.mark.either_database

HIDDEN = "<w:vanish/>"


def chapters(reading: Reading) -> list[tuple[str, str]]:
    return [(chapter.title, chapter.text) for chapter in reading.chapters]


def test_headings_are_chapters_and_marks_stay() -> None:
    file = docx(
        paragraph("The Ferry", style="Title"),
        paragraph("One", style="heading1"),
        paragraph(
            run("The river "),
            run("moved ", "<w:i/>"),
            run("and ", '<w:i w:val="0"/>'),
            run("broke", "<w:b/>"),
            run(" not", "<w:strike/>"),
            run(" for the "),
            run("Lord", "<w:smallCaps/>"),
        ),
        paragraph("* * *"),
        paragraph("So it said.", style="Quote"),
        paragraph(run("verse"), "<w:r><w:br/></w:r>", run("verse")),
        paragraph("Two", style="heading1"),
        paragraph("Nobody saw."),
    )
    reading = read(file)
    text = "The river _moved_ and **broke** ~~not~~ for the ^^Lord^^\n\n***\n\n> So it said.\n\nverse\nverse"
    assert chapters(reading) == [("One", text), ("Two", "Nobody saw.")]
    assert (reading.title, reading.remarks) == ("The Ferry", [])


def test_what_the_file_says_of_itself_is_known() -> None:
    core = "<cp:p><dc:title>The Ferry</dc:title><dc:creator>Ada Lund</dc:creator><dc:language>sv</dc:language></cp:p>"
    reading = read(packed({**word_parts(paragraph("a")), "docProps/core.xml": core}))
    assert (reading.title, reading.author, reading.language) == ("The Ferry", "Ada Lund", "sv")


@pytest.mark.parametrize(
    "hidden",
    [
        paragraph(run("seen "), run("secret", HIDDEN)),
        paragraph(run("seen "), run("secret", '<w:rStyle w:val="Ghost"/>')),
        paragraph(run("seen "), run("secret", '<w:rStyle w:val="GhostsChild"/>')),
        paragraph(run("seen "), f'<w:hyperlink w:anchor="x">{run("secret", HIDDEN)}</w:hyperlink>'),
        paragraph(run("seen "), f'<w:ins w:id="1" w:author="x">{run("secret", HIDDEN)}</w:ins>'),
        paragraph("secret", style="Ghost") + paragraph("seen "),
        paragraph("secret", style="Ghost") + paragraph(run("seen ", '<w:vanish w:val="0"/>'), style="Ghost"),
        paragraph(run("seen "), f"<w:sdt><w:sdtContent>{run('secret', HIDDEN)}</w:sdtContent></w:sdt>"),
    ],
)
def test_hidden_text_stays_hidden(hidden: str) -> None:
    styles = word_styles(
        more='<w:style w:type="character" w:styleId="Ghost"><w:name w:val="Ghost"/><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="GhostsChild"><w:name w:val="C"/><w:basedOn w:val="Ghost"/></w:style>'
    )
    assert chapters(read(docx(hidden, styles=styles))) == [("", "seen")]


def test_styles_that_are_based_on_each_other_in_a_circle_hide_nothing() -> None:
    circle = "".join(
        f'<w:style w:type="paragraph" w:styleId="{one}"><w:name w:val="{one}"/><w:basedOn w:val="{other}"/></w:style>'
        for one, other in ("AB", "BA")
    )
    file = docx(paragraph(run("seen "), run("secret", HIDDEN), style="A"), styles=word_styles(more=circle))
    assert chapters(read(file)) == [("", "seen")]


def test_what_was_deleted_or_moved_away_or_commented_is_not_text() -> None:
    file = docx(
        paragraph(
            run("seen"),
            '<w:del w:id="1" w:author="x"><w:r><w:delText>secret</w:delText></w:r></w:del>',
            '<w:moveFrom w:id="2" w:author="x"><w:r><w:t>secret</w:t></w:r></w:moveFrom>',
            '<w:commentRangeStart w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>',
        )
    )
    assert chapters(read(file)) == [("", "seen")]


def test_pictures_and_tables_of_contents_are_left_out_and_footnotes_stand_at_the_end() -> None:
    file = docx(
        paragraph("One ..... 1", style="toc1"),
        paragraph(run("a"), PICTURE, '<w:r><w:footnoteReference w:id="2"/></w:r>'),
        footnotes=FOOTNOTES,
    )
    reading = read(file)
    assert "toc1" not in reading.chapters[0].text
    assert "....." not in reading.chapters[0].text
    assert reading.chapters[0].text.startswith("a[1]".replace("[", "\\[").replace("]", "\\]"))
    assert "Or so they say." in reading.chapters[0].text
    assert reading.remarks == [Remark.FOOTNOTES, Remark.PICTURES]


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE w SYSTEM "http://a.example/w.dtd">',
    ],
)
def test_declarations_are_refused(before: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(docx(paragraph("a"), before=before))
    assert refused.value.reason == Reason.BROKEN


@pytest.mark.parametrize("missing", ["[Content_Types].xml", "word/"])
def test_an_archive_of_something_else_is_refused(missing: str) -> None:
    parts = {name: part for name, part in word_parts(paragraph("a")).items() if not name.startswith(missing)}
    with pytest.raises(Unreadable) as refused:
        read(packed(parts))
    assert refused.value.reason == Reason.ANOTHER_KIND
