"""The versions of a chapter's draft, without scripts."""

import re

from books.models import Right, Version
from books.services.versions import name_version
from livrya.accounts.models import User
from livrya.site.templatetags.livrya import HUES
from tests.books import test_drafts as drafts
from tests.books.library import worker_on
from tests.books.test_authorship import type_as
from tests.livrya.site.pages.conftest import signed_in


def path_of(library) -> str:
    return f"/write/the-lamp-room/{library.chapters[2].pk}/versions/"


def test_a_version_is_named_looked_at_restored_and_deleted(library):
    chapter, client = library.chapters[2], signed_in(library.author)
    path = path_of(library)
    assert path in client.get(f"/write/the-lamp-room/{chapter.pk}/").content.decode()
    assert "Nothing has been kept yet." in client.get(path).content.decode()
    drafts.in_draft(chapter.pk)
    before = drafts.in_draft(chapter.pk)
    assert client.post(path, {"name": "First <draft>"}).headers["Location"] == path
    version = Version.objects.get()
    shown = client.get(path).content.decode()
    assert "First &lt;draft&gt;" in shown
    assert f"{path}{version.pk}/" in shown
    drafts.type_in_draft(chapter.pk, lambda blocks: [drafts.said("A new beginning."), *blocks[1:]])
    page = client.get(f"{path}{version.pk}/").content.decode()
    assert "<ins>A new beginning.</ins>" in page
    answer = client.post(f"{path}{version.pk}/", {"act": "restore"})
    assert answer.headers["Location"] == f"/write/the-lamp-room/{chapter.pk}/"
    assert drafts.in_draft(chapter.pk) == before
    assert "The draft says the same now." in client.get(f"{path}{version.pk}/").content.decode()
    assert client.post(f"{path}{version.pk}/", {"act": "delete"}).headers["Location"] == path
    assert "Before restoring" in client.get(path).content.decode()


def test_any_two_are_compared(library):
    chapter, client = library.chapters[2], signed_in(library.author)
    path = path_of(library)
    first = name_version(actor=None, chapter_id=chapter.pk, name="One")
    drafts.in_draft(chapter.pk)
    drafts.type_in_draft(chapter.pk, lambda blocks: [*blocks, drafts.said("More.")])
    second = name_version(actor=None, chapter_id=chapter.pk, name="Two")
    to_the_draft = client.get(path, {"from": second.pk, "to": ""})
    assert to_the_draft.headers["Location"] == f"{path}{second.pk}/"
    chosen = client.get(path, {"from": second.pk, "to": first.pk}).headers["Location"]
    assert chosen == f"{path}{second.pk}/?to={first.pk}"
    shown = client.get(chosen).content.decode()
    assert "<del>More.</del>" in shown
    assert "changes__one--kept" not in shown
    assert "changes__one--kept" in client.get(f"{chosen}&all=1").content.decode()
    assert "Both say the same." in client.get(f"{path}{second.pk}/?to={second.pk}").content.decode()
    assert client.get(f"{path}{second.pk}/?to=999999").status_code == 404


def test_a_refusal_is_said_and_changes_nothing(library):
    client, path = signed_in(library.author), path_of(library)
    answer = client.post(path, {"name": " "}, follow=True)
    assert "must not be empty" in answer.content.decode()
    assert not Version.objects.exists()


def test_versions_are_for_those_who_write_and_are_of_one_chapter(library):
    chapter = library.chapters[2]
    version = name_version(actor=None, chapter_id=chapter.pk, name="One")
    reader, author = signed_in(library.reader), signed_in(library.author)
    assert reader.get(path_of(library)).status_code == 403
    reader.post(path_of(library), {"name": "Mine"})
    reader.post(f"{path_of(library)}{version.pk}/", {"act": "delete"})
    assert list(Version.objects.all()) == [version]
    elsewhere = f"/write/the-lamp-room/{library.chapters[0].pk}/versions/{version.pk}/"
    assert author.get(elsewhere).status_code == 404


def test_a_chapter_leads_to_its_versions_who_may_change_it_now(library):
    out = library.chapters[0]
    beta = worker_on(library.book, "beta", rights=Right.VIEW_DASHBOARD | Right.EDIT_DRAFTS)
    for person, leads in ((beta, False), (library.author, True)):
        page = signed_in(person).get(f"/write/the-lamp-room/{out.pk}/").content.decode()
        assert (f"/{out.pk}/versions/" in page) == leads


def test_a_draft_in_the_colours_of_those_who_wrote_it(library):
    chapter, client = library.chapters[2], signed_in(library.author)
    path = f"/write/the-lamp-room/{chapter.pk}/authors/"
    assert path in client.get(f"/write/the-lamp-room/{chapter.pk}/").content.decode()
    assert "Nothing has been written in the studio yet." in client.get(path).content.decode()
    type_as(library.author.pk, chapter.pk, "Two words.")
    # Of the same colour, if somebody else had not got it.
    other = User.objects.create(pk=library.author.pk + HUES, username="other")
    type_as(other.pk, chapter.pk, "Three more words.")
    type_as(10**6, chapter.pk, "Gone.")
    html = client.get(path).content.decode()
    hue = library.author.pk % HUES
    assert f'<bdi class="wrote wrote--{hue}">Ines Marrow</bdi> <span class="meta">2 words</span>' in html
    assert f'<bdi class="wrote wrote--{(hue + 1) % HUES}">other</bdi> <span class="meta">3 words</span>' in html
    assert '<span class="visually-hidden">other: </span>Three more words.</span>' in html
    assert ">Gone.</p>" in html
    assert re.search(r"Written elsewhere <span class=\"meta\">\d+ words", html)
    assert signed_in(library.reader).get(path).status_code == 403


def test_a_long_list_comes_in_pages(library):
    chapter = library.chapters[2]
    Version.objects.bulk_create(
        Version(chapter=chapter, kind="automatic", text="", digest=str(number), size=0, word_count=number)
        for number in range(51)
    )
    client = signed_in(library.author)
    assert "The draft as it is now" in client.get(path_of(library)).content.decode()
    older = client.get(path_of(library), {"page": "2"}).content.decode()
    assert older.count('name="from"') == 1
    assert "The draft as it is now" not in older
