"""The address table: each app under its own name."""

from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls")),
    path("", include("township.accounts.urls")),
    path("grids/", include("grids.urls")),
    path("liaison/", include("liaison.urls")),
    path("", include("services.urls")),
]
