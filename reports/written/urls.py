"""Addresses of written reports and their templates."""

from django.urls import path

from reports.written import views

urlpatterns = [
    path("filings/<int:pk>/report/", views.filing_report, name="filing_report"),
    path("filings/<int:pk>/report/refresh/", views.filing_report_refresh, name="filing_report_refresh"),
    path("filings/<int:pk>/report.<str:format>", views.filing_report_file, name="filing_report_file"),
    path("filings/snapshots/<int:pk>/report.<str:format>", views.snapshot_report, name="snapshot_report"),
    path("filings/township/<int:pk>/report/", views.town_report, name="town_report"),
    path("filings/township/<int:pk>/report/refresh/", views.town_report_refresh, name="town_report_refresh"),
    path("filings/township/<int:pk>/report.<str:format>", views.town_report_file, name="town_report_file"),
    path("filings/township/<int:pk>/templates/", views.report_templates, name="report_templates"),
    path("filings/township/<int:pk>/templates/<str:level>/", views.report_template, name="report_template"),
]
