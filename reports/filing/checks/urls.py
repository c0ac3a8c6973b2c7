"""Addresses of 勾稽检查."""

from django.urls import path

from reports.filing.checks import views

urlpatterns = [
    path("checks/", views.checks, name="checks"),
]
