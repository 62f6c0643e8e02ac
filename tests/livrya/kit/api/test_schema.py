"""The OpenAPI document."""

import pytest

from realtime.errors import CATALOGUE
from tests.livrya.accounts.people import browser

pytestmark = pytest.mark.django_db


def test_the_schema_documents_the_error_shape_with_every_code() -> None:
    schema = browser().get("/api/v1/schema/").json()
    error = schema["components"]["schemas"]["Error"]
    assert error["properties"]["code"]["enum"] == sorted(CATALOGUE)
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["responses"]["default"]["content"]["application/json"]["schema"] == {
                "$ref": "#/components/schemas/Error"
            }


def test_the_schema_is_made_without_a_warning(capsys) -> None:
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.validation import validate_schema

    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert "rror" not in capsys.readouterr().err
    identifiers = [operation["operationId"] for path in schema["paths"].values() for operation in path.values()]
    assert len(identifiers) == len(set(identifiers))
