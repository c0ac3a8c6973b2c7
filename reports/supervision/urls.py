"""Addresses of supervision."""

from django.urls import path

from reports.supervision.views import findings, meetings, records

urlpatterns = [
    path("supervision/", meetings.meetings, name="supervision"),
    path("supervision/meetings/new/", meetings.meeting_new, name="meeting_new"),
    path("supervision/meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("supervision/meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("supervision/meetings/<int:pk>/minutes/", meetings.meeting_attachment, name="meeting_attachment"),
    path("supervision/meetings/<int:pk>/<str:format>/", meetings.meeting_file, name="meeting_file"),
    path("supervision/findings/<int:pk>/step/", findings.finding_step, name="finding_step"),
    path("supervision/inspections/<int:pk>/raise/", findings.finding_raise, name="finding_raise"),
    path("supervision/<str:code>/", records.listing, name="supervision_list"),
    path("supervision/<str:code>/new/", records.row_new, name="supervision_new"),
    path("supervision/<str:code>/copy/", records.copy, name="supervision_copy"),
    path("supervision/<str:code>/file/<str:format>/", records.listing_file, name="supervision_file"),
    path("supervision/<str:code>/<int:pk>/", records.row, name="supervision_row"),
    path("supervision/<str:code>/<int:pk>/attachment/", records.attachment, name="supervision_attachment"),
    path("supervision/<str:code>/<int:pk>/edit/", records.row_edit, name="supervision_edit"),
]
