"""Addresses of papers."""

from django.urls import path

from services.tickets.papers import views

urlpatterns = [
    path("services/tickets/papers/<str:paper>/", views.ticket_papers, name="ticket_papers"),
    path("services/tickets/papers/<str:paper>/<int:pk>/", views.ticket_paper, name="ticket_paper"),
]
