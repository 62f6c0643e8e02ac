"""Translates every exception of an API view, once, into the one error shape."""

import logging
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from realtime.errors import (
    ApplicationError,
    Conflict,
    Forbidden,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
    ValidationFailed,
)

log = logging.getLogger(__name__)


def answer_exception(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: returns the error shape with its HTTP status.

    None for a defect of ours: Django logs it and answers 500.
    """
    error = as_application_error(exception)
    if error is None:
        return None
    set_rollback()
    headers = {}
    if error.http_status == status.HTTP_401_UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if error.retry_after_ms is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_ms / 1000))
    return Response(error.as_dict(), status=_status(exception, error), headers=headers)


def as_application_error(exception: Exception) -> ApplicationError | None:
    """Returns the refusal that the exception means, or None when it is a defect."""
    match exception:
        case ApplicationError():
            return exception
        case exceptions.ValidationError():
            return ValidationFailed(details={"fields": _messages(exception.detail)})
        case ValidationError():
            fields = exception.message_dict if hasattr(exception, "error_dict") else {"": exception.messages}
            return ValidationFailed(details={"fields": _messages(fields)})
        case exceptions.NotAuthenticated():
            return Unauthenticated()
        case exceptions.AuthenticationFailed():
            return Unauthenticated("The credentials are not valid.")
        case exceptions.PermissionDenied() | PermissionDenied():
            return Forbidden()
        case exceptions.NotFound() | Http404():
            return NotFound()
        case exceptions.Throttled():
            wait: float | None = getattr(exception, "wait", None)
            return RateLimited(retry_after_ms=None if wait is None else math.ceil(wait * 1000))
        case RequestDataTooBig():
            return TooLarge()
        case SuspiciousOperation():
            return ValidationFailed()
        case exceptions.APIException() if exception.status_code == status.HTTP_413_REQUEST_ENTITY_TOO_LARGE:
            return TooLarge()
        case exceptions.APIException() if exception.status_code == status.HTTP_409_CONFLICT:
            return Conflict()
        case exceptions.APIException() if exception.status_code < status.HTTP_500_INTERNAL_SERVER_ERROR:
            # Malformed JSON, a method or media type that is not taken: DRF's sentence says which.
            return ValidationFailed(str(exception.detail))
        case OperationalError():
            # A lock that was not had in time, a database that is away: the same request may succeed later.
            log.warning("The database refused: %s", exception)
            return Unavailable()
    return None


def _status(exception: Exception, error: ApplicationError) -> int:
    if isinstance(exception, exceptions.MethodNotAllowed | exceptions.UnsupportedMediaType | exceptions.NotAcceptable):
        return exception.status_code
    return error.http_status


def _messages(detail: Any) -> dict[str, str]:
    """Flattens DRF's nested lists of messages to one sentence per field; "" is the whole input."""
    found: dict[str, str] = {}
    _collect(detail, "", found)
    return found


def _collect(detail: Any, path: str, found: dict[str, str]) -> None:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            _collect(inner, ".".join(part for part in (path, step) if part), found)
    elif isinstance(detail, list | tuple):
        if all(isinstance(inner, str) for inner in detail):
            found[path] = " ".join(str(inner) for inner in detail)
        else:
            for index, inner in enumerate(detail):
                if inner:
                    _collect(inner, f"{path}.{index}" if path else str(index), found)
    else:
        found[path] = str(detail)
