"""Whatever is sent to the API, the answer is never an error of ours. The inputs come from the schema itself, and then
from what nobody means: odd headers, values and addresses.

`make soak` sends ten times as many, and others each time.
"""

import json
import re
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given
from hypothesis import strategies as st

from livrya.kit.api import throttles
from realtime.errors import CATALOGUE
from realtime.people.limits.acts import ACTS
from tests.livrya import odd
from tests.livrya.furnished import furnished
from tests.livrya.fuzzing import fuzzing
from tests.livrya.pictures import SHAPES
from tests.livrya.routes import World
from tests.livrya.test_api_routes import TABLE, furnish

# Slow, and about shapes of requests: the services behind them are tested on both databases.
pytestmark = pytest.mark.either_database

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of its own dependencies, at import
    import schemathesis
    from schemathesis import GenerationMode

EXAMPLES = 28
IN_SOAK = 280

SCHEMA = schemathesis.openapi.from_dict(
    json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), default=str))
)
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture
def world(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(throttles._Forgiving, "allow_request", lambda *_: True)
    settings.ACT_LIMITS = dict.fromkeys(ACTS, (10**9, 1))
    world = furnished(furnish)
    cache.clear()
    return world


def real_address(operation: Any, world: World) -> str | None:
    """Returns an address of the operation whose ids are of this world; the route table knows one."""
    template = re.sub(r"\{\w+\}", "[^/]+", operation.path)
    for route in TABLE:
        if route.method == operation.method:
            address = reverse(route.name, kwargs=dict(route.address(world)))
            if re.fullmatch(template, address):
                return address
    return None


def encoded(case: Any, picture: bytes = b"") -> tuple[bytes, str]:
    if isinstance(case.body, bytes):
        return case.body, case.media_type or "application/octet-stream"
    if case.media_type == "multipart/form-data" and isinstance(case.body, dict):
        fields = {
            str(name): SimpleUploadedFile("a", picture or value) if isinstance(value, bytes) else str(value)
            for name, value in case.body.items()
        }
        return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT
    if type(case.body).__name__ == "NotSet":
        return b"", "application/json"
    return json.dumps(case.body, default=str).encode(), "application/json"


def written(value: Any) -> str:
    return quote(str(value), safe="", errors="surrogatepass")


@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_input_is_an_error_of_ours(operation: Any, world: World) -> None:
    send(operation, world, examples=EXAMPLES, derandomize=True)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_no_input_is_an_error_of_ours_for_long(operation: Any, world: World) -> None:
    send(operation, world, examples=IN_SOAK, derandomize=False)


def send(operation: Any, world: World, *, examples: int, derandomize: bool) -> None:
    """Sends what fits the schema and what does not, mostly to addresses of things that exist."""
    client = Client(raise_request_exception=False)
    client.force_login(world.author)
    known = real_address(operation, world)
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    unfitting = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @fuzzing(examples, derandomize=derandomize)
    # Bytes at random are never a picture.
    @given(st.one_of(fitting, unfitting), st.integers(0, 3), st.one_of(st.just(b""), SHAPES))
    def one(case: Any, chance: int, picture: bytes) -> None:
        address = known if known and chance else None
        if address is None:
            address = operation.path
            for name, value in (case.path_parameters or {}).items():
                address = address.replace(f"{{{name}}}", written(value))
        body, media_type = encoded(case, picture)
        query = urlencode(case.query or {}, doseq=True, errors="surrogatepass")
        check(client.generic(operation.method.upper(), address, body, media_type, QUERY_STRING=query), body)

    one()


def check(answer: Any, given: object) -> None:
    """Fails for an error of ours, and for a refusal of the API that has not its shape, or a code of no catalogue."""
    asked = answer.wsgi_request.path_info
    assert answer.status_code < 500, (asked, given)
    if answer.status_code >= 400 and asked.startswith("/api/"):
        said = answer.json()
        assert {"code", "message", "retryable"} <= set(said), asked
        assert said["code"] in CATALOGUE, said
        assert "Traceback" not in said["message"], said


ODD_EXAMPLES = 14


@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_nothing_that_nobody_means_is_an_error_of_ours(operation: Any, world: World) -> None:
    send_odd(operation, world, examples=ODD_EXAMPLES, derandomize=True)


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_nothing_that_nobody_means_is_an_error_of_ours_for_long(operation: Any, world: World) -> None:
    send_odd(operation, world, examples=IN_SOAK, derandomize=False)


def send_odd(operation: Any, world: World, *, examples: int, derandomize: bool) -> None:
    """Sends what fits the schema but for one thing: its headers, one value of its body, one word of its address."""
    clients = [Client(raise_request_exception=False), Client(raise_request_exception=False)]
    clients[0].force_login(world.author)
    known = real_address(operation, world)
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    words = re.findall(r"\{\w+\}", operation.path)
    ways = ["headers", *["body"] * (operation.method not in ("get", "head")), *["address"] * bool(words), "query"]

    @fuzzing(examples, derandomize=derandomize)
    @given(
        fitting, st.sampled_from(ways), odd.headers(), odd.JSON, st.sampled_from(odd.IN_ADDRESSES), st.integers(0, 9)
    )
    def one(case: Any, way: str, headers: Any, value: bytes, word: str, chance: int) -> None:
        address = known or re.sub(r"\{\w+\}", "1", operation.path)
        body, media_type = encoded(case)
        query = urlencode(case.query or {}, doseq=True, errors="surrogatepass")
        if way == "body":
            body, media_type = odd.spoilt(case.body, chance, value), "application/json"
        elif way == "address":
            spoilt_word = words[chance % len(words)]
            address = re.sub(
                r"\{\w+\}", lambda match: written(word if match[0] == spoilt_word else "1"), operation.path
            )
        elif way == "query":
            names = sorted({*(case.query or {}), "limit", "cursor", "q", "a[b]"})
            query = urlencode({names[chance % len(names)]: word}, errors="surrogatepass")
        given = headers if way == "headers" else {}
        media_type = given.get("content-type", media_type)
        extra = {name: text for name, text in given.items() if name != "content-type"}
        answer = clients[chance % 7 == 0].generic(
            operation.method.upper(), address, body, media_type, QUERY_STRING=query, headers=extra
        )
        check(answer, (way, word, given, value[:80]))

    one()
