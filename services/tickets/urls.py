"""Addresses of errands."""

from django.urls import path

from services.tickets.views import inbox, intake, statistics, ticket

urlpatterns = [
    path("services/tickets/", inbox.inbox, name="tickets"),
    path("services/tickets/file/<str:format>/", inbox.inbox_file, name="tickets_file"),
    path("services/tickets/deadlines/", inbox.deadlines, name="ticket_deadlines"),
    path("services/tickets/statistics/", statistics.ticket_statistics, name="ticket_statistics"),
    path("services/tickets/new/", intake.ticket_new, name="ticket_new"),
    path("services/tickets/<int:pk>/", ticket.ticket, name="ticket"),
    path("services/tickets/<int:pk>/taken/", intake.ticket_taken, name="ticket_taken"),
    path("services/tickets/<int:pk>/edit/", ticket.ticket_edit, name="ticket_edit"),
    path("services/tickets/<int:pk>/step/<slug:code>/", ticket.ticket_step, name="ticket_step"),
]
