"""Addresses of the home page and the office's desk."""

from django.urls import path

from reports.cockpit import views

urlpatterns = [
    path("", views.home, name="home"),
    path("goals/", views.goals, name="goals"),
    path("todo/", views.todo, name="todo"),
    path("villages/", views.villages, name="villages"),
    path("matrix/export/", views.matrix_export, name="matrix_export"),
    path("matrix/recount/", views.matrix_recount, name="matrix_recount"),
]
