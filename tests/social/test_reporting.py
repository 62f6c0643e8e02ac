"""What may be reported, by whom, and with which context."""

import pytest

from realtime.errors import NotFound, RateLimited, ValidationFailed
from social import limits
from social.errors import ReportedEnough
from tests.books.library import book, chapter, comment, somebody
from tests.social.reports import reported
from tests.social.rooms import group, member_of, message

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_comment_is_reported_with_what_it_answers() -> None:
    out = chapter(book())
    first = comment(out, text="Ahoy!")
    rude = comment(out, text="Go away!", parent_id=first.pk)
    found = reported("comment", rude.pk)
    assert (found.subject, found.state) == (rude.author, "open")
    assert found.context["text"] == "Go away!"
    assert found.context["before"] == [{"by": first.author.username, "text": "Ahoy!"}]
    assert found.context["url"].endswith(f"#comment-{rude.pk}")


def test_a_message_is_reported_by_members_alone_with_those_before_it() -> None:
    room = group(is_private=False)
    for number in range(limits.REPORT_CONTEXT + 2):
        message(room, text=f"message {number}")
    rude = message(room, member_of(room), text="Go away!")
    found = reported("message", rude.pk, by=member_of(room))
    assert [said["text"] for said in found.context["before"]] == [f"message {number}" for number in range(2, 7)]
    with pytest.raises(NotFound):
        reported("message", rude.pk)


def test_what_cannot_be_seen_or_is_ones_own_is_not_reported() -> None:
    author = somebody()
    hidden = comment(chapter(book()), author)
    for kind, target_id, by in (("comment", 10**9, None), ("person", 10**9, None), ("message", 10**9, None)):
        with pytest.raises(NotFound):
            reported(kind, target_id, by)
    for kind, target_id in (("comment", hidden.pk), ("person", author.pk)):
        with pytest.raises(ValidationFailed):
            reported(kind, target_id, author)
    with pytest.raises(ValidationFailed):
        reported("book", 1)
    with pytest.raises(ValidationFailed):
        reported("person", somebody().pk, reason=" ")


def test_five_about_one_thing_are_enough_and_one_person_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rude, eager = somebody(), somebody()
    assert reported("person", rude.pk, eager) == reported("person", rude.pk, eager)
    for _ in range(limits.REPORTS_PER_TARGET - 1):
        reported("person", rude.pk)
    with pytest.raises(ReportedEnough):
        reported("person", rude.pk)
    monkeypatch.setattr(limits, "REPORTS_PER_DAY", 2)
    reported("person", somebody().pk, eager)
    with pytest.raises(RateLimited):
        reported("person", somebody().pk, eager)
