"""Addresses of Party life beside its ledgers."""

from django.urls import path

from services.partylife import views

urlpatterns = [
    path("partylife/", views.party_meetings, name="party_meetings"),
    path("partylife/file/<str:format>/", views.party_meetings_file, name="party_meetings_file"),
    path("partylife/due/", views.party_due, name="party_due"),
    path("partylife/due/<str:format>/", views.party_due_file, name="party_due_file"),
    path("partylife/meetings/new/", views.party_meeting_new, name="party_meeting_new"),
    path("partylife/meetings/<int:pk>/", views.party_meeting, name="party_meeting"),
    path("partylife/meetings/<int:pk>/edit/", views.party_meeting_edit, name="party_meeting_edit"),
    path("partylife/meetings/<int:pk>/minutes/", views.party_meeting_minutes, name="party_meeting_minutes"),
    path("partylife/meetings/<int:pk>/sign/", views.party_meeting_sign, name="party_meeting_sign"),
    path("partylife/units/<int:pk>/sign/<str:kind>/", views.party_sign_sheet, name="party_sign_sheet"),
]
