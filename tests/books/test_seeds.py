"""The older names of commands, and arguments by position, mean what they always meant."""

import pytest

from books.events import commands as c
from books.events.typing import StopTypingText, TypeText
from books.namespaces import books_namespace
from livrya.site.namespaces import default
from realtime.errors import ValidationFailed
from realtime.positions import Position
from realtime.sessions.dispatch import Request, decode

CHANGE = {"title": "Loomings", "text": "Call me Ishmael."}


@pytest.mark.parametrize("namespace", [books_namespace, default], ids=lambda namespace: namespace.name)
@pytest.mark.parametrize(
    ("name", "arguments", "meant"),
    [
        ("book:join", [7], c.JoinBook(book_id=7)),
        ("book:join", [7, "a name that somebody claims"], c.JoinBook(book_id=7)),
        (
            "book:join",
            [{"bookId": 7, "since": {"epoch": "e", "seq": 3}}],
            c.JoinBook(book_id=7, since=Position("e", 3)),
        ),
        ("join", [7], c.JoinBook(book_id=7)),
        ("book:leave", [7, "a name that somebody claims"], c.LeaveBook(book_id=7)),
        ("chapter:join", [7], c.JoinChapter(chapter_id=7)),
        ("chapter:leave", [7], c.LeaveChapter(chapter_id=7)),
        ("get:readerCount", [7], c.CountReaders(book_id=7)),
        ("book:subscribe", [7, "muted"], c.Subscribe(book_id=7, level="muted")),
        ("book:unsubscribe", [7], c.Unsubscribe(book_id=7)),
        ("chapter:update", [7, 8, CHANGE], c.UpdateChapter(chapter_id=8, data=c.ChapterChange(**CHANGE))),
        ("chapter:update", [{"chapterId": 8, **CHANGE}], c.UpdateChapter(chapter_id=8, **CHANGE)),
        ("chapter:published", [7, 8], c.PublishChapter(chapter_id=8)),
        ("chapter:publish", [8], c.PublishChapter(chapter_id=8)),
        ("comment:post", [8, "Ahoy!"], c.PostComment(chapter_id=8, text="Ahoy!")),
        ("comment:post", [8, "Ahoy!", 9], c.PostComment(chapter_id=8, text="Ahoy!", parent_id=9)),
        ("text:typing", [8, 12], TypeText(chapter_id=8, position=12)),
        ("text:stopTyping", [8], StopTypingText(chapter_id=8)),
        ("book:join", ["7"], c.JoinBook(book_id=7)),
        (
            "comment:post",
            [{"chapterId": "8", "text": "12", "parentId": "9"}],
            c.PostComment(chapter_id=8, text="12", parent_id=9),
        ),
        ("progress:save", [8, 0.5], c.SaveProgress(chapter_id=8, position=0.5)),
        ("review:post", [7, 5, "Long."], c.PostReview(book_id=7, rating=5, text="Long.")),
    ],
)
def test_names_and_positions(namespace, name, arguments, meant):
    handler, alias = namespace.commands[name]
    assert decode(handler, alias, Request(name=name, args=arguments)) == meant


@pytest.mark.parametrize("arguments", [[], ["seven"], [7, None, 1], [[7]], [{"bookId": 7, "colour": "red"}]])
def test_arguments_that_mean_nothing_are_refused(arguments):
    handler, alias = books_namespace.commands["book:join"]
    with pytest.raises(ValidationFailed):
        decode(handler, alias, Request(name="book:join", args=arguments))
