"""How views take their input."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from realtime.errors import ValidationFailed


def body(request: Request, serializer: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
    """Returns the validated body, by the names of the services' arguments; what was not sent is not there.

    Raises a ValidationError, with a sentence for each field.
    """
    given = serializer(data=request.data, **options)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def flag(request: Request, name: str) -> bool:
    """Returns the truth of a query parameter, false when it is missing. Raises ValidationFailed for other words."""
    match request.query_params.get(name, "false").lower():
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise ValidationFailed(details={"fields": {name: "Give true or false."}})
