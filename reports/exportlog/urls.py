"""Addresses of the log of exports."""

from django.urls import path

from reports.exportlog import views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/file/", views.exports_file, name="exports_file"),
    path("exports/<int:pk>/", views.export, name="export"),
]
