"""Addresses of hand-over presets and their files."""

from django.urls import path

from reports.handover import views

urlpatterns = [
    path("handover/", views.handovers, name="handovers"),
    path("handover/new/", views.handover_new, name="handover_new"),
    path("handover/example/", views.handover_example, name="handover_example"),
    path("handover/<int:pk>/", views.handover, name="handover"),
    path("handover/<int:pk>/edit/", views.handover_edit, name="handover_edit"),
    path("handover/<int:pk>/copy/", views.handover_copy, name="handover_copy"),
    path("handover/<int:pk>/file/", views.handover_file, name="handover_file"),
]
