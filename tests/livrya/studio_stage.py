"""Makes a book that two people write, and says in the end what became of its first chapter; in a process of its own.

`python -m tests.livrya.studio_stage begin` and `… end <chapter>`, with the server's environment; each prints JSON.
"""

import json
import sys

import django

django.setup()

from django.test import Client  # noqa: E402

import realtime  # noqa: E402
from books.drafting.blocks import Span  # noqa: E402
from books.drafting.document import ChapterDocument  # noqa: E402
from books.events import DraftRoom  # noqa: E402
from books.models import Chapter, CreditKind  # noqa: E402
from books.services import drafts  # noqa: E402
from books.services.credits import accept_credit, invite_person  # noqa: E402
from books.services.writing_out import publish_changes  # noqa: E402
from livrya.accounts.models import User  # noqa: E402
from livrya.accounts.services import tokens  # noqa: E402
from realtime.documents import storing  # noqa: E402
from tests.livrya.site.pages.conftest import make_library  # noqa: E402


def begin() -> dict[str, object]:
    library = make_library()
    credit = invite_person(
        actor=library.author, book_id=library.book.pk, user_id=library.reader.pk, kind=CreditKind.CO_AUTHOR
    )
    accept_credit(actor=library.reader, credit_id=credit.pk)
    chapter = library.chapters[0]
    with realtime.atomic():
        epoch = storing.begun(ChapterDocument(DraftRoom(chapter.pk))).epoch
    people = (library.author, library.reader)
    return {
        "chapter": chapter.pk,
        "path": f"/write/{library.book.slug}/{chapter.pk}/",
        "document": f"{DraftRoom(chapter.pk).name}@{epoch}.{ChapterDocument.schema}",
        "cookies": [_cookie(person) for person in people],
        "tokens": [tokens.issue(user=person).access for person in people],
    }


def _cookie(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


def end(chapter_id: int) -> dict[str, object]:
    """Publishes the changes. `log`: what the log makes, in the words of `stock.mjs` and of `studio_pages.py`."""
    blocks = drafts.current(chapter_id)
    publish_changes(actor=User.objects.get(username="ines"), chapter_id=chapter_id)
    lines = []
    for block in blocks:
        spans = [inline for inline in block.inlines if isinstance(inline, Span)]
        texts = [f"[b]{span.text}[/b]" if "bold" in span.marks else span.text for span in spans]
        lines.append(f"{block.kind}: {''.join(texts)}".replace("[/b][b]", ""))
    return {"log": "\n".join(lines), "published": Chapter.objects.get(pk=chapter_id).text}


if __name__ == "__main__":
    print(json.dumps(begin() if sys.argv[1] == "begin" else end(int(sys.argv[2]))))
