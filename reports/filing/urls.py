"""Addresses of filings."""

from django.urls import path

from reports.filing import views

urlpatterns = [
    path("filings/", views.filings, name="filings"),
    path("filings/begin/<int:pk>/", views.filing_begin, name="filing_begin"),
    path("filings/<int:pk>/", views.filing, name="filing"),
    path("filings/<int:pk>/step/", views.filing_step, name="filing_step"),
    path("filings/<int:pk>/comment/", views.filing_comment, name="filing_comment"),
    path("filings/<int:pk>/explain/", views.filing_explain, name="filing_explain"),
    path("filings/<int:pk>/extend/", views.filing_extend, name="filing_extend"),
    path("filings/<int:pk>/report/", views.filing_report, name="filing_report"),
    path("filings/comments/<int:pk>/settle/", views.comment_settle, name="comment_settle"),
    path("filings/snapshots/<int:pk>/", views.snapshot, name="snapshot"),
    path("filings/snapshots/<int:pk>/<int:number>.<str:format>", views.snapshot_file, name="snapshot_file"),
    path("filings/township/<int:pk>/", views.township_table, name="township_table"),
]
