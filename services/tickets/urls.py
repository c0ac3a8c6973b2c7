"""Addresses of errands."""

from django.urls import path, register_converter

from services.tickets.views import inbox, intake, ticket


class NumberConverter:
    """受理编号, as in 2026-07-0012."""

    regex = r"\d{4}-\d{2,4}-\d{4,8}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(NumberConverter, "ticket_no")
urlpatterns = [
    path("services/tickets/", inbox.inbox, name="tickets"),
    path("services/tickets/file/<str:format>/", inbox.inbox_file, name="tickets_file"),
    path("services/tickets/deadlines/", inbox.deadlines, name="ticket_deadlines"),
    path("services/tickets/new/", intake.ticket_new, name="ticket_new"),
    path("services/tickets/<ticket_no:no>/", ticket.ticket, name="ticket"),
    path("services/tickets/<ticket_no:no>/taken/", intake.ticket_taken, name="ticket_taken"),
    path("services/tickets/<ticket_no:no>/edit/", ticket.ticket_edit, name="ticket_edit"),
    path("services/tickets/<ticket_no:no>/step/<slug:code>/", ticket.ticket_step, name="ticket_step"),
]
