"""The API's own pages: its schema, its documentation, and an answer for addresses that do not exist."""

from typing import Any, NoReturn

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from realtime.errors import NotFound


# The documentation writes styles into its own page; nothing that people wrote is shown there.
@method_decorator(csp_replace({"style-src": [SELF, UNSAFE_INLINE]}), name="dispatch")
class Documentation(SpectacularSwaggerSplitView):
    """The schema to read and to try, from this server alone, beside the pages of the live events."""

    url_name = "api-schema"
    template_name = "pages/rest_api.html"


@extend_schema(exclude=True)
class Unknown(APIView):
    """Answers for every address below /api/ that is none."""

    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotFound
