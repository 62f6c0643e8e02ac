"""How views take their input."""

from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer


def body(request: Request, serializer: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
    """Returns the validated body, by the names of the services' arguments; what was not sent is not there.

    Raises a ValidationError, with a sentence for each field.
    """
    given = serializer(data=request.data, **options)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
