"""Addresses of the contact cards."""

from django.urls import path

from liaison.cards import views

urlpatterns = [
    path("cards/", views.cards, name="cards"),
    path("cards/<int:pk>/<str:kind>/", views.card_file, name="card_file"),
]
