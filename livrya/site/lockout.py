"""What django-axes asks of us: which name was tried, and what to answer who must wait.

After AXES_FAILURE_LIMIT wrong passwords for one name from one address, neither is let in together until
AXES_COOLOFF_TIME has passed; on the pages, in the API and in the admin alike.
"""

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from livrya.site.pages.errors import refused
from realtime.errors import RateLimited


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Returns the name that was tried, in one case: each way of writing it would have attempts of its own."""
    given = credentials.get("username") if credentials else request.POST.get("username")
    return str(given or "").lower()[:150]


def locked_out(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Answers who has tried too often: a page, or over the API the error shape."""
    wait: timedelta = settings.AXES_COOLOFF_TIME
    error = RateLimited(
        f"That were too many wrong passwords. Please wait {math.ceil(wait.total_seconds() / 60)} minutes.",
        retry_after_ms=round(wait.total_seconds() * 1000),
    )
    return refused(request, error)
