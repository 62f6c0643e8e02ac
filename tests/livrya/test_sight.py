"""What somebody may not see answers by its number as nothing does: at every route, page and file.

Every address with something to fill in, and every field of a body that takes an id, has its row here;
one without a row fails. Whoever may see a thing gets another answer somewhere, or the row would prove nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import get_resolver, reverse
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given
from hypothesis import strategies as st

from tests.livrya import odd
from tests.livrya.fuzzing import fuzzing
from tests.livrya.routes import World
from tests.livrya.sight import ALL_BUT_FRIENDS, CASTS, Thing, somebody
from tests.livrya.test_api_routes import TABLE, patterns
from tests.livrya.walking import Asking, apart, build, knocking, number_of, plain, undone, walk

# Slow; the conditions behind it are tested on both databases, and this on both once to write it.
pytestmark = pytest.mark.either_database

PARAMETERS = {
    "book_id": "book",
    "chapter_id": "chapter",
    "comment_id": "comment",
    "review_id": "review",
    "version_id": "version",
    "credit_id": "credit",
    "invitation_id": "invitation",
    "import_id": "import",
    "group_id": "group",
    "message_id": "message",
    "attachment_id": "attachment",
    "report_id": "report",
    "username": "person",
}
"""What the arguments of the API's addresses name."""
LINKS = {"api-link"}
"""Where `invitation_id` is that of a link into a group."""
BESIDE = {
    "kind": "a word of a fixed few",
    "shelf": "a word of a fixed few: one's own shelves",
    "user_id": "beside the group's; the walk gives the asker's own",
}
BODIES: dict[tuple[str, str], tuple[str, Callable[[World], Mapping[str, Any]], Mapping[str, Any]]] = {
    ("postComment", "parentId"): ("comment", lambda w: {"chapter_id": w.out.pk}, {"text": "Aye."}),
    ("sendMessage", "replyToId"): ("message", lambda w: {"group_id": w.group.pk}, {"text": "Aye."}),
    ("sendMessage", "attachments"): ("attachment", lambda w: {"group_id": w.group.pk}, {"text": "Aye."}),
    ("banUser", "userId"): ("person", lambda w: {"group_id": w.group.pk}, {}),
    ("inviteToGroup", "userId"): ("person", lambda w: {"group_id": w.group.pk}, {}),
    ("invitePerson", "userId"): ("person", lambda w: {"book_id": w.open.pk}, {"kind": "editor"}),
    ("inviteReader", "userId"): ("person", lambda w: {"book_id": w.open.pk}, {}),
    ("acceptImport", "bookId"): ("book", lambda w: {"import_id": w.sent.pk}, {}),
    ("acceptImport", "chapterId"): ("chapter", lambda w: {"import_id": w.sent.pk}, {}),
    ("report", "id"): ("comment message person", lambda w: {}, {"reason": "It is rude."}),
}
"""(operation, field) of bodies that take an id: what it is of, the address, what else stands there."""
OWN_BODIES = {
    ("reorderChapters", "chapterIds"): "all of a book that one changes: compared with what is there",
    ("readNotifications", "ids"): "one's own; others are passed over",
}


@dataclass(frozen=True)
class Page:
    """An address of pages: what its arguments name, and what is sent to it."""

    kind: str
    post: Mapping[str, Any] | None = None
    keys: tuple[str, ...] = ()

    def arguments(self, keys: Mapping[str, Any]) -> dict[str, Any]:
        return {name: keys[name] for name in self.keys}


_BOOK, _CHAPTER, _DESK, _GROUP = ("slug",), ("slug", "number"), ("slug", "chapter_id"), ("slug",)
PAGES: dict[str, list[Page] | str] = {
    "book": [Page("book", keys=_BOOK)],
    "book-epub": [Page("book", keys=_BOOK)],
    "book-feed": [Page("book", keys=_BOOK)],
    "book-subscribe": [Page("book", {"level": "all"}, _BOOK)],
    "book-shelve": [Page("book", {"shelf": "later"}, _BOOK)],
    "book-review": [Page("book", {"rating": "5"}, _BOOK)],
    "reader": [Page("chapter", keys=_CHAPTER)],
    "reader-comment": [Page("chapter", {"text": "Aye."}, _CHAPTER)],
    "desk-book": [Page("book", keys=_BOOK)],
    "desk-edit-book": [Page("book", keys=_BOOK)],
    "desk-invite": [Page("book", {"username": "reader", "kind": "editor"}, _BOOK)],
    "desk-new-chapter": [Page("book", {"title": "x"}, _BOOK)],
    "desk-chapter": [Page("chapter", keys=_DESK)],
    "desk-changes": [Page("chapter", keys=_DESK)],
    "desk-authors": [Page("chapter", keys=_DESK)],
    "desk-versions": [Page("chapter", keys=_DESK), Page("chapter", {"name": "One"}, _DESK)],
    "desk-version": [
        Page("version", keys=(*_DESK, "version_id")),
        Page("version", {"act": "restore"}, (*_DESK, "version_id")),
    ],
    "desk-release": [Page("chapter", {"act": "lock"}, _DESK)],
    "desk-answer-credit": [Page("credit", {"accept": ""}, ("credit_id",))],
    "desk-answer-invitation": [
        Page("invitation", {"accept": ""}, ("invitation_id",)),
        Page("invitation", {}, ("invitation_id",)),
    ],
    "desk-import": [Page("import", keys=("import_id",)), Page("import", {"dismiss": ""}, ("import_id",))],
    "room": [Page("group", keys=_GROUP)],
    "room-join": [Page("group", {"password": "tide"}, _GROUP)],
    "room-settings": [Page("group", keys=_GROUP)],
    "room-act": [
        Page("group", {"act": act, "text": "Aye."}, _GROUP)
        for act in ("say", "read", "leave", "end", "decline", "link")
    ],
    "profile": [Page("person", keys=("username",))],
    "author-feed": [Page("person", keys=("username",))],
    "follow": [Page("person", {"follow": "1"}, ("username",))],
    "keep-away": [Page("person", {"act": "mute"}, ("username",))],
    "report": [Page(kind, keys=("kind", "target_id")) for kind in ("comment", "message", "person")],
    "manual": "a page of the documentation; anybody reads all of it",
    "upload": "covers and faces, for everybody; their names cannot be guessed",
    "None": "the admin's own addresses: Django asks for the permission before it looks",
}


def api_rows() -> Iterator[tuple[str, Any, str]]:
    """Yields (name, route, kind) of every method of the API whose address has an argument."""
    for route in TABLE:
        names = list(get_arguments(route.name))
        if wanted := [name for name in names if name not in BESIDE]:
            kind = PARAMETERS[wanted[0]]
            yield f"{route.method} {route.name}", route, "link" if route.name in LINKS else kind


def get_arguments(name: str) -> Iterator[str]:
    for _, pattern in patterns(get_resolver()):
        if pattern.name == name:
            yield from pattern.pattern.converters


def asked_api(route: Any) -> Asking:
    names = list(get_arguments(route.name))

    def ask(world: World, who: str, keys: Mapping[str, Any]) -> tuple[int, str]:
        user = somebody(world, who)
        beside = {"kind": "like", "user_id": (user or world.reader).pk}
        address = reverse(
            route.name, kwargs={name: keys.get(name, beside.get(name)) for name in names} | beside_own(names, beside)
        )
        body = route.body(world)
        client = knocking(world, who)
        answer = undone(lambda: getattr(client, route.method)(address, body, format=route.format))
        return answer.status_code, answer.content.decode(errors="replace")

    return ask


def beside_own(names: list[str], beside: Mapping[str, Any]) -> dict[str, Any]:
    return {name: beside[name] for name in names if name in beside}


@pytest.mark.django_db
def test_every_address_with_an_argument_has_its_row() -> None:
    known, unknown = {*PARAMETERS, *BESIDE}, []
    for prefix, pattern in patterns(get_resolver()):
        arguments = set(pattern.pattern.converters) | set(re.findall(r"\(\?P<(\w+)>", str(pattern.pattern)))
        if prefix.startswith("api/v1/"):
            unknown += [f"{prefix}: {name}" for name in arguments - known]
        elif not prefix.startswith("admin/") and "<" in prefix and str(pattern.name) not in PAGES:
            unknown.append(prefix)
    assert unknown == []


@pytest.mark.django_db
def test_every_id_in_a_body_has_its_row() -> None:
    found = set(body_ids())
    assert found - set(BODIES) - set(OWN_BODIES) == set()
    assert (set(BODIES) | set(OWN_BODIES)) - found == set()


def body_ids() -> Iterator[tuple[str, str]]:
    """Yields (operation, field) of every whole number, alone or in a list, that is called an id, and of attachments."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)
    shapes = schema["components"]["schemas"]
    for methods in schema["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                shape = shapes.get(content["schema"].get("$ref", "").rpartition("/")[2], content["schema"])
                for name in shape.get("properties", {}):
                    if re.fullmatch(r"ids?|\w+Ids?|attachments", name):
                        yield operation["operationId"], name


@pytest.mark.django_db
def test_what_one_may_not_see_is_nothing_over_the_api(world: World) -> None:
    things = build(world)
    wrong = [
        problem
        for name, route, kind in api_rows()
        for problem in walk(name, [thing for thing in things if thing.kind == kind], asked_api(route), world)
    ]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.django_db
def test_what_one_may_not_see_is_nothing_in_a_body(world: World) -> None:
    things, wrong = build(world), []
    operations = {operation: (method, name) for method, name, operation in operation_names()}
    for (operation, field), (kinds, address, others) in BODIES.items():
        method, name = operations[operation]
        for kind in kinds.split():
            of_kind = [thing for thing in things if thing.kind == kind]
            wrong += walk(
                f"{operation} {field} {kind}", of_kind, asked_body(method, name, field, kind, address, others), world
            )
    assert wrong == [], "\n".join(wrong)


def operation_names() -> Iterator[tuple[str, str, str]]:
    """Yields (method, name of the route, operation) of the API."""
    by_path = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{prefix}"): pattern.name for prefix, pattern in patterns(get_resolver())
    }
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and path in by_path:
                yield method, by_path[path], operation["operationId"]


def asked_body(
    method: str,
    name: str,
    field: str,
    kind: str,
    address: Callable[[World], Mapping[str, Any]],
    others: Mapping[str, Any],
) -> Asking:
    def ask(world: World, who: str, keys: Mapping[str, Any]) -> tuple[int, str]:
        number = number_of(kind, keys)
        given = {**others, field: [number] if field.endswith("s") else number}
        if field == "id":
            given["kind"] = kind
        where = reverse(name, kwargs=dict(address(world)))
        client = knocking(world, who)
        answer = undone(lambda: getattr(client, method)(where, given, format="json"))
        return answer.status_code, answer.content.decode()

    return ask


@pytest.mark.django_db
def test_what_one_may_not_see_is_nothing_on_a_page(world: World) -> None:
    things, wrong = build(world), []
    for name, pages in PAGES.items():
        for page in pages if isinstance(pages, list) else ():
            of_kind = [thing for thing in things if thing.kind == page.kind]
            label = f"{name} {dict(page.post or {}).get('act', '')} {page.kind}"
            wrong += walk(label, of_kind, asked_page(name, page), world)
    assert wrong == [], "\n".join(wrong)


def asked_page(name: str, page: Page) -> Asking:
    def ask(world: World, who: str, keys: Mapping[str, Any]) -> tuple[int, str]:
        if name == "report":
            keys = {"kind": page.kind, "target_id": number_of(page.kind, keys)}
        address, client = reverse(name, kwargs=page.arguments(keys)), knocking(world, who)

        def asked() -> Any:
            client.cookies.pop("messages", None)  # of the page before
            answer = client.get(address) if page.post is None else client.post(address, page.post, format="multipart")
            said = [str(message) for message in get_messages(answer.wsgi_request)]
            return answer.status_code, f"{answer.headers.get('Location', '')} {said} {body_of(answer)}"

        status, text = undone(asked)
        return status, plain(text, address)

    return ask


@fuzzing(400)
@given(st.data())
def _ask_oddly(world: World, things: list[Thing], asked: list[str], data: st.DataObject) -> None:
    """Asks once for a thing and once for nothing, with whatever method, headers and question."""
    name, kind, arguments = data.draw(st.sampled_from(_ADDRESSES))
    # What staff may, they may by whatever method: the walks above know which.
    unseen = [
        (thing, who)
        for thing in things
        if thing.kind == kind
        for who in CASTS.get(kind, ALL_BUT_FRIENDS)
        if who not in thing.seen_by and who != "staff"
    ]
    thing, who = data.draw(st.sampled_from(unseen))
    method = data.draw(st.sampled_from(["GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"]))
    headers = data.draw(st.one_of(st.just({}), odd.headers()))
    body = data.draw(st.one_of(st.just(b""), odd.JSON)) if method in ("POST", "PUT", "PATCH") else b""
    query = data.draw(st.sampled_from(["", "limit=1", "cursor=a", "page=2", "q=a", "format=json", "invite=a", "a[]=1"]))
    # Who has a cookie of their own sends it; an odd one would make nobody of them.
    given = {header: text for header, text in headers.items() if header not in ("cookie", "content-type")}
    media_type = headers.get("content-type", "application/json")
    if query and "zlib" in media_type:
        query = ""  # the test client's own request reads it by that charset, the server's does not
    answers = []
    for keys in (thing.keys, thing.nothing):
        address = reverse(name, kwargs=arguments(world, who, keys))
        client = knocking(world, who)
        client.cookies.pop("messages", None)
        answer = undone(
            lambda client=client, address=address: client.generic(
                method, address, body, media_type, QUERY_STRING=query, headers=given
            )
        )
        assert answer.status_code < 500, (method, address, given)
        # What leads back to what was asked for has its name, too.
        leads = plain(answer.headers.get("Location", ""), address)
        for asked_for in (value for value in keys.values() if isinstance(value, str)):
            leads = leads.replace(f"/{asked_for}/", "/#/")
        answers.append((answer.status_code, f"{leads} {plain(body_of(answer), address)}"))
    assert answers[0] == answers[1], f"{method} {name} {given}: {thing} for {who}: {apart(*answers)}"
    asked.append(name)


def _api_arguments(name: str) -> Callable[[World, str, Mapping[str, Any]], dict[str, Any]]:
    names = list(get_arguments(name))

    def arguments(world: World, who: str, keys: Mapping[str, Any]) -> dict[str, Any]:
        beside = {"kind": "like", "user_id": (somebody(world, who) or world.reader).pk}
        return {argument: keys.get(argument, beside.get(argument)) for argument in names}

    return arguments


def _page_arguments(page: Page) -> Callable[[World, str, Mapping[str, Any]], dict[str, Any]]:
    def arguments(world: World, who: str, keys: Mapping[str, Any]) -> dict[str, Any]:
        if "target_id" in page.keys:
            keys = {"kind": page.kind, "target_id": number_of(page.kind, keys)}
        return page.arguments(keys)

    return arguments


_ADDRESSES = [
    *((route.name, kind, _api_arguments(route.name)) for _, route, kind in api_rows()),
    *(
        (name, page.kind, _page_arguments(page))
        for name, pages in PAGES.items()
        if isinstance(pages, list)
        for page in pages
    ),
]
"""Every row of the walks above that is an address: name, what its argument is of, and its arguments."""


@pytest.mark.django_db
def test_what_one_may_not_see_is_nothing_however_it_is_asked_for(world: World) -> None:
    things, asked = build(world), list[str]()
    _ask_oddly(world, things, asked)
    assert len(set(asked)) > len({name for name, _, _ in _ADDRESSES}) / 2


def body_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode(errors="replace") if answer.streaming else answer.content.decode()
