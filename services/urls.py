"""Addresses of what is done for people."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

app_name = "services"
urlpatterns: list[URLPattern | URLResolver] = [
    path("services/", include("services.partylife.urls")),
    path("services/", include("services.teams.urls")),
    path("services/", include("services.ledgers.urls")),
    path("", include("services.notices.urls")),
    path("services/", include("services.visits.urls")),
    path("", include("services.tickets.urls")),
    path("services/tickets/catalogue/", include("services.tickets.catalogue.urls")),
    path("services/tickets/", include("services.tickets.calendar.urls")),
    path("", include("services.phone.urls")),
    path("", include("services.tickets.papers.urls")),
    path("", include("services.tickets.public.urls")),
    path("", include("services.tickets.register.urls")),
]
