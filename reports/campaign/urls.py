"""Addresses of campaigns."""

from django.urls import path

from reports.campaign import views

urlpatterns = [
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/new/", views.campaign_new, name="campaign_new"),
    path("campaigns/<int:pk>/", views.campaign, name="campaign"),
    path("campaigns/<int:pk>/edit/", views.campaign_edit, name="campaign_edit"),
    path("deadlines/<int:pk>/edit/", views.deadline_edit, name="deadline_edit"),
]
