"""Addresses of reports."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

app_name = "reports"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("reports.cockpit.urls")),
    path("", include("reports.chasing.urls")),
    path("reports/", include("reports.annexes.urls")),
    path("reports/", include("reports.batches.urls")),
    path("reports/", include("reports.blanks.urls")),
    path("reports/", include("reports.exportlog.urls")),
    path("reports/", include("reports.handover.urls")),
    path("reports/", include("reports.filing.checks.urls")),
    path("reports/", include("reports.filing.urls")),
    path("reports/", include("reports.campaign.urls")),
    path("reports/", include("reports.supervision.urls")),
    path("reports/", include("reports.records.urls")),
    path("reports/", include("reports.written.urls")),
    path("reports/", include("reports.statistics.urls")),
]
