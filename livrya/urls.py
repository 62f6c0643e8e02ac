"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from livrya.api.views import Documentation, Unknown

api = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("", include("livrya.accounts.api.urls")),
    path("docs/", Documentation.as_view(), name="api-docs"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    re_path("^api/", Unknown.as_view()),
]
