"""The API's answers where a request never comes to a view of it: an odd host, an address that is none."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from realtime.errors import ApplicationError

_PREFIX = "/api/"


def is_of_the_api(request: HttpRequest) -> bool:
    """Tells whether the request is for the API rather than for a page."""
    return request.path_info.startswith(_PREFIX)


def in_json(error: ApplicationError) -> HttpResponse:
    """Returns a refusal in the API's shape."""
    return JsonResponse(error.as_dict(), status=error.http_status)
