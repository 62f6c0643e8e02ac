"""Half an emoji, NUL and bytes that are no UTF-8: one rule at every edge, and never an error of ours."""

import pytest
from django.test import Client
from django.urls import reverse

from books.models import Chapter, Comment
from livrya.accounts.models import User
from livrya.accounts.services import tokens
from realtime.routing import websocket_application
from realtime.testing.client import ApplicationTransport
from tests.books import library
from tests.livrya.accounts.doors import Enter, enter, hub, in_thread
from tests.livrya.accounts.people import browser
from tests.realtime.doors.in_process import BareClient

__all__ = ["enter", "hub"]

pytestmark = pytest.mark.django_db(transaction=True)

HALF, NUL = r"What a day \ud83d", r"What a\u0000 day"
BOTH = pytest.mark.parametrize("written", [HALF, NUL], ids=["half an emoji", "NUL"])


def scene() -> tuple[Chapter, User]:
    chapter = library.chapter(library.book())
    return chapter, library.somebody()


def texts() -> list[str]:
    return list(Comment.objects.order_by("pk").values_list("text", flat=True))


@BOTH
def test_over_http_it_is_taken_out(written: str) -> None:
    chapter, person = scene()
    address = reverse("api-comments", kwargs={"chapter_id": chapter.pk})
    answer = browser(person).post(address, f'{{"text": "{written}"}}', content_type="application/json")
    assert (answer.status_code, texts()) == (201, ["What a day"])


@pytest.mark.parametrize("letters", [b"\xed\xa0\xbd", b"\x00", b"%ED%A0%BD", b"%00", b"\xff"])
def test_no_form_fails_by_it(letters: bytes) -> None:
    chapter, person = scene()
    client = Client()
    client.force_login(person)
    address = reverse("reader-comment", args=[chapter.book.slug, chapter.number])
    answer = client.post(address, b"text=What" + letters + b"ever", content_type="application/x-www-form-urlencoded")
    assert answer.status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        rb'{"te\ud83dxt": "x"}',
        rb'{"text": "x", "parentId": "\ud83d"}',
        rb'{"text": "x", "parentId": "1\u0000"}',
        b'{"text": "a\xed\xa0\xbdb"}',
        b'{"text": "a\xffb"}',
        b'{"text": "a\x00b"}',
        rb'["\ud83d"]',
        rb'"\ud83d"',
    ],
)
def test_over_http_what_is_no_field_or_no_utf8_is_refused(body: bytes) -> None:
    chapter, person = scene()
    address = reverse("api-comments", kwargs={"chapter_id": chapter.pk})
    answer = browser(person).post(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION")


@pytest.mark.parametrize("name", ["api-sign-in", "api-sign-up", "api-refresh"])
def test_nobody_signs_in_or_up_with_it_nor_breaks_anything(name: str) -> None:
    body = (
        r'{"username": "ad\ud83da", "password": "x\u0000\ud83d", "email": "a\ud83d@example.org", "refresh": "\ud83d"}'
    )
    answer = Client().post(reverse(name), body, content_type="application/json")
    assert answer.status_code in (400, 401)


@pytest.mark.django_db
def test_a_refusal_that_repeats_it_can_be_written() -> None:
    book = library.book()
    client = Client(raise_request_exception=False)
    client.force_login(library.author_of(book))
    for method, where, field in (("POST", "credits", "kind"), ("PUT", "shelf", "shelf")):
        body = f'{{"username": "ada", "{field}": "\\ud83d"}}'
        answer = client.generic(method, f"/api/v1/books/{book.pk}/{where}/", body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION")


@pytest.mark.parametrize("letters", ["%00", "%ED%A0%BD", "%FF"])
@pytest.mark.parametrize(
    "path",
    [
        "/books/?q={}&tag={}&sort={}&page={}",
        "/api/v1/books/?q={}&tag={}&cursor={}",
        "/api/v1/search/?q={}",
        "/search/?q={}",
        "/people/a{}/",
        "/api/v1/people/a{}/",
        "/books/a{}/",
    ],
)
def test_no_address_fails_by_it(path: str, letters: str) -> None:
    assert Client().get(path.replace("{}", letters)).status_code < 500


@BOTH
async def test_over_the_json_door_it_is_taken_out(enter: Enter, written: str) -> None:
    chapter, person = await in_thread(scene)()
    client = await enter(person)
    payload = f'{{"chapterId": {chapter.pk}, "text": "{written}"}}'
    await client.send(f'{{"requestId": "mine", "type": "comment:post", "payload": {payload}}}')
    answer = await client.wait(lambda frame: frame.get("requestId") == "mine")
    assert answer["success"], answer
    assert await in_thread(texts)() == ["What a day"]


@BOTH
async def test_over_socket_io_it_is_taken_out_and_the_next_comment_follows(enter: Enter, written: str) -> None:
    chapter, person = await in_thread(scene)()
    token = (await in_thread(tokens.issue)(user=person)).access
    scope = {
        "type": "websocket",
        "path": "/socket.io/",
        "query_string": b"EIO=4&transport=websocket",
        "headers": [],
        "subprotocols": [],
        "client": ("127.0.0.1", 1),
        "extensions": {},
    }
    link = ApplicationTransport(websocket_application, scope)
    await link.accepted()
    async with BareClient(link) as client:
        await client.enter("/", token=token)
        for number, text in ((1, written), (2, "And another.")):
            await client.send(f'2{number}["comment:post",{{"chapterId":{chapter.pk},"text":"{text}"}}]')
            await client.until(lambda number=number: [text for text in client.texts if text.startswith(f"3{number}[")])
    assert await in_thread(texts)() == ["What a day", "And another."]
