"""Addresses of 备案 and of the leading group."""

from django.urls import path

from reports.records import views

urlpatterns = [
    path("records/", views.records, name="records"),
    path("records/new/", views.record_new, name="record_new"),
    path("records/<int:pk>/edit/", views.record_edit, name="record_edit"),
    path("records/<int:pk>/withdraw/", views.record_withdraw, name="record_withdraw"),
    path("records/<int:pk>/file/", views.record_file, name="record_file"),
    path("records/leading/", views.leading, name="leading"),
    path("records/leading/<int:year>/", views.leading, name="leading_of"),
    path("records/leading/<int:year>/new/", views.leading_new, name="leading_new"),
    path("records/leading/<int:year>/copy/", views.leading_copy, name="leading_copy"),
    path("records/leading/<int:year>/list.<str:format>", views.leading_file, name="leading_file"),
    path("records/leading/seats/<int:pk>/edit/", views.leading_edit, name="leading_edit"),
    path("records/leading/seats/<int:pk>/leave/", views.leading_leave, name="leading_leave"),
    path("records/leading/seats/<int:pk>/shift/", views.leading_shift, name="leading_shift"),
]
