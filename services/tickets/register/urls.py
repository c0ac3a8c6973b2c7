"""Addresses of the register and its boxes."""

from django.urls import path

from services.tickets.register import views

urlpatterns = [
    path("services/tickets/register/", views.ticket_register, name="ticket_register"),
    path("services/tickets/register/<str:format>/", views.ticket_register_file, name="ticket_register_file"),
    path("services/tickets/archive/", views.ticket_archive, name="ticket_archive"),
    path("services/tickets/archive/<str:format>/", views.ticket_archive_file, name="ticket_archive_file"),
]
