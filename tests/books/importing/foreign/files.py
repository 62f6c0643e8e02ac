"""Files as other programs write them, made by hand."""

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TO = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/></Types>'
)
FOOTNOTES = (
    f'<w:footnotes xmlns:w="{_WORD}"><w:footnote w:id="2"><w:p><w:r><w:t>Or so they say.</w:t></w:r></w:p></w:footnote>'
    "</w:footnotes>"
)
PICTURE = (
    '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>'
    '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
    f'<a:blip xmlns:r="{_TO}" r:embed="p1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
    "</w:drawing></w:r>"
)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def run(words: str, looks: str = "") -> str:
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def paragraph(*runs: str, style: str = "", more: str = "") -> str:
    kind = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{kind}{more}</w:pPr>{''.join(one if '<' in one else run(one) for one in runs)}</w:p>"


def word_styles(*names: str, more: str = "") -> str:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/></w:style>'
        for name in names
    )
    return f'<w:styles xmlns:w="{_WORD}">{styles}{more}</w:styles>'


def word_parts(*paragraphs: str, before: str = "", **parts: str | bytes) -> dict[str, str | bytes]:
    """The parts of a .docx; `before` stands before the document's root, `parts` are others in `word/`."""
    return {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="d" Type="{_TO}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="p1" '
        f'Type="{_TO}/image" Target="media/one.png"/></Relationships>',
        "word/media/one.png": b"\x89PNG",
        "word/styles.xml": word_styles("heading 1", "heading 2", "Title", "Quote", "toc 1"),
        "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document xmlns:w="{_WORD}"><w:body>'
        f"{''.join(paragraphs)}</w:body></w:document>",
        **{f"word/{name}.xml": part for name, part in parts.items()},
    }


def docx(*paragraphs: str, before: str = "", **parts: str | bytes) -> bytes:
    return packed(word_parts(*paragraphs, before=before, **parts))


def epub_parts(pages: Mapping[str, str], *, nav: str = "", ncx: str = "", more: str = "") -> dict[str, str | bytes]:
    """The parts of an .epub with these pages in its spine; `nav` is a list, `ncx` a map."""
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in pages)
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    others: dict[str, str | bytes] = {}
    if nav:
        items += '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        others["OPS/nav.xhtml"] = f'<html xmlns:epub="e"><body><nav epub:type="toc">{nav}</nav></body></html>'
    if ncx:
        items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        others["OPS/toc.ncx"] = f'<!DOCTYPE ncx PUBLIC "x" "y"><ncx><navMap>{ncx}</navMap></ncx>'
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfile full-path="OPS/package.opf"/></container>',
        "OPS/package.opf": "<package><metadata><dc:title>The Ferry</dc:title><dc:creator>Ada Lund</dc:creator>"
        f"<dc:language>en-GB</dc:language></metadata><manifest>{items}</manifest><spine>{spine}</spine>{more}</package>",
        **{f"OPS/{name}": f"<html><head><title/></head><body>{page}</body></html>" for name, page in pages.items()},
        **others,
    }


def epub(pages: Mapping[str, str], *, nav: str = "", ncx: str = "", more: str = "") -> bytes:
    return packed(epub_parts(pages, nav=nav, ncx=ncx, more=more))
