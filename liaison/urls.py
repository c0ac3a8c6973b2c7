"""Addresses of liaison."""

from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver

from liaison import views

app_name = "liaison"
urlpatterns: list[URLPattern | URLResolver] = [
    path("contacts/", views.ContactList.as_view(), name="contacts"),
    path("contacts/export/", views.contact_export, name="contacts_export"),
    path("contacts/add/", views.contact_add, name="contact_add"),
    path("contacts/<int:pk>/history/", views.contact_history, name="contact_history"),
    path("contacts/<int:pk>/history/back/", views.contact_back, name="contact_back"),
    path("contacts/<int:pk>/edit/", views.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/end/", views.contact_end, name="contact_end"),
    path("", include("liaison.cards.urls")),
    path("bands/", include("liaison.bands.urls")),
    path("", include("liaison.proposals.urls")),
    path("", include("liaison.state.urls")),
]
