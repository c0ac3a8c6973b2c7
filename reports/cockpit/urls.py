"""The address of the home page."""

from django.urls import path

from reports.cockpit import views

urlpatterns = [path("", views.home, name="home")]
