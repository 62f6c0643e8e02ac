"""Turns refusals into pages: the one place where the pages' edge translates errors."""

import logging
import math
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from livrya.kit.api.outside import in_json, is_of_the_api
from realtime.errors import (
    ApplicationError,
    Forbidden,
    Internal,
    NotFound,
    RateLimited,
    TokenExpired,
    Unauthenticated,
    ValidationFailed,
)

logger = logging.getLogger("livrya.site.pages")


class RefusalMiddleware:
    """Answers an `ApplicationError` of a page's view.

    Nobody signed in: to the sign-in page and back. Not found, not allowed, too often: a page that says so. Anything
    else is about what was just sent: back to the page it came from, with the sentence as a message.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ApplicationError):
            return None
        if isinstance(exception, Unauthenticated | TokenExpired):
            return redirect_to_login(request.get_full_path() if request.method == "GET" else came_from(request))
        if request.method == "GET" or isinstance(exception, NotFound | Forbidden | RateLimited):
            return refused(request, exception)
        messages.error(request, str(exception))
        return redirect(came_from(request))


def came_from(request: HttpRequest, *, otherwise: str = "/") -> str:
    """Returns the page of ours that the request came from, `otherwise` when it does not say."""
    referer = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if safe else otherwise


def refused(request: HttpRequest, error: ApplicationError) -> HttpResponse:
    """Answers with a refusal, as a page or as the API does; says when to come back where the refusal does."""
    answer = in_json(error) if is_of_the_api(request) else refusal(request, error.http_status, str(error))
    return ask_to_wait(answer, error)


def ask_to_wait(response: HttpResponse, error: ApplicationError | None) -> HttpResponse:
    """Returns the response with `Retry-After` where the refusal that it shows says how long."""
    if error is not None and error.retry_after_ms is not None:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_ms / 1000))
    return response


def refusal(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """Renders the error page of a status, in the site's own voice."""
    template = f"errors/{status}.html" if status in (400, 403, 404, 429, 500, 503) else "errors/400.html"
    return render(request, template, {"sentence": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return in_json(ValidationFailed()) if is_of_the_api(request) else refusal(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return in_json(Forbidden()) if is_of_the_api(request) else refusal(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return in_json(NotFound()) if is_of_the_api(request) else refusal(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Renders without touching the database: it may be what failed. The reference is in the log too."""
    reference = uuid.uuid4().hex[:12]
    logger.error("request failed, reference %s: %s %s", reference, request.method, request.path)
    if is_of_the_api(request):
        return in_json(Internal(details={"reference": reference}))
    return render(None, "errors/500.html", {"reference": reference}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_of_the_api(request):
        return in_json(Forbidden())
    return refusal(request, 403, "Your form has expired. Go back, reload the page and send it again.")
