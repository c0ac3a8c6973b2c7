"""Addresses of zips of many tables; they stand among the export jobs."""

from django.urls import path

from reports.batches import views

urlpatterns = [
    path("jobs/zip/", views.batch_new, name="batch_new"),
    path("jobs/zip/<int:pk>/", views.batch, name="batch"),
    path("jobs/zip/<int:pk>/cancel/", views.batch_cancel, name="batch_cancel"),
    path("jobs/zip/<int:pk>/retry/", views.batch_retry, name="batch_retry"),
    path("jobs/zip/<int:pk>/file/", views.batch_file, name="batch_file"),
]
