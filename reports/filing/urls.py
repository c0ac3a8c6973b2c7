"""Addresses of filings."""

from django.urls import path

from reports.filing.views import comments, pages, snapshots

urlpatterns = [
    path("filings/", pages.filings, name="filings"),
    path("filings/begin/<int:pk>/", pages.filing_begin, name="filing_begin"),
    path("filings/<int:pk>/", pages.filing, name="filing"),
    path("filings/<int:pk>/step/", pages.filing_step, name="filing_step"),
    path("filings/<int:pk>/comment/", comments.filing_comment, name="filing_comment"),
    path("filings/<int:pk>/explain/", pages.filing_explain, name="filing_explain"),
    path("filings/<int:pk>/extend/", pages.filing_extend, name="filing_extend"),
    path("filings/comments/<int:pk>/settle/", comments.comment_settle, name="comment_settle"),
    path("filings/snapshots/<int:pk>/", snapshots.snapshot, name="snapshot"),
    path(
        "filings/snapshots/<int:pk>/<int:number>.<str:format>", snapshots.snapshot_file, name="snapshot_file"
    ),
    path("filings/snapshots/<int:pk>/<int:number>/", snapshots.snapshot_sheet, name="snapshot_sheet"),
    path("filings/township/<int:pk>/", snapshots.township_table, name="township_table"),
]
