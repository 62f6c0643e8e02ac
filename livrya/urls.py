"""Every address of the site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularJSONAPIView

from livrya.kit.api.views import Documentation, Unknown
from livrya.kit.files import upload

api: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("", include("livrya.accounts.api.urls")),
    path("", include("notifications.api.urls")),
    path("", include("books.api.urls")),
    path("", include("social.api.urls")),
    path("docs/", Documentation.as_view(), name="api-docs"),
]

urlpatterns = [
    # Asked for by browsers where a page names no icon: the admin's, the API's, a picture by itself.
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("mark.svg"))),
    # Staff change their own password where everybody does: Django's page knows nothing of tokens and open sockets.
    path("admin/password_change/", RedirectView.as_view(pattern_name="settings")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("", include("books.urls")),
    re_path("^api/", Unknown.as_view()),
    path("media/<path:path>", upload, name="upload"),
    path("", include("livrya.site.pages.urls")),
]

handler400 = "livrya.site.pages.errors.bad_request"
handler403 = "livrya.site.pages.errors.forbidden"
handler404 = "livrya.site.pages.errors.not_found"
handler500 = "livrya.site.pages.errors.server_error"
