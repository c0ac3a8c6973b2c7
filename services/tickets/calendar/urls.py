"""Addresses of the calendar and of the room's settings."""

from django.urls import path

from services.tickets.calendar import views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<int:year>/", views.calendar, name="calendar_year"),
    path("calendar/new/", views.year_new, name="calendar_year_new"),
    path("calendar/years/<int:pk>/drop/", views.year_drop, name="calendar_year_drop"),
    path("calendar/days/<int:pk>/back/", views.day_back, name="calendar_day_back"),
    path("settings/", views.ticket_settings, name="ticket_settings"),
]
