"""Addresses of 催办."""

from django.urls import path

from reports.chasing import views

urlpatterns = [
    path("chasing/", views.chasing, name="chasing"),
    path("chasing/all/", views.chase_all, name="chase_all"),
    path("chasing/<int:pk>/", views.chase, name="chase"),
]
