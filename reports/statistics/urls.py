"""Addresses of the statistics."""

from django.urls import path

from reports.statistics import form_views, views

urlpatterns = [
    path("statistics/rows/", views.rows, name="statistics_rows"),
    path("statistics/figures/", views.figures, name="statistics_figures"),
    path("statistics/figures/<int:pk>/back/", views.take_back, name="statistics_take_back"),
    path("statistics/<int:pk>/typed/", views.typed, name="statistics_typed"),
    path("statistics/<int:pk>/<slug:code>/correct/", views.correct, name="statistics_correct"),
    path("statistics/<int:pk>/<slug:code>/explain/", views.explain_jump, name="statistics_explain"),
    path("statistics/layout/", form_views.layout, name="statistics_layout"),
    path("statistics/layout/add/", form_views.layout_add, name="statistics_layout_add"),
    path("statistics/layout/<slug:key>/", form_views.layout_column, name="statistics_layout_column"),
    path("statistics/paper/<str:format>/", form_views.paper_form, name="statistics_paper"),
    path("filings/snapshots/<int:pk>/rows/", views.snapshot_rows, name="snapshot_rows"),
]
