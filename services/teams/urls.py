"""Addresses of teams beside their ledgers."""

from django.urls import path

from services.teams import views

urlpatterns = [
    path("teams/", views.teams_room, name="teams_room"),
    path("teams/centre/edit/", views.volunteer_centre, name="volunteer_centre"),
    path("teams/volunteers/<int:pk>/withdraw/", views.skills_withdraw, name="skills_withdraw"),
]
