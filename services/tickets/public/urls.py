"""The address of the look-up; it needs no sign-in."""

from django.urls import path

from services.tickets.public import views

urlpatterns = [path("p/t/", views.lookup, name="public_lookup")]
