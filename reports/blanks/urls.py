"""Addresses of official blanks."""

from django.urls import path

from reports.blanks import views

urlpatterns = [
    path("blanks/", views.blank_list, name="blanks"),
    path("blanks/new/", views.blank_new, name="blank_new"),
    path("blanks/<int:pk>/", views.blank_page, name="blank"),
    path("blanks/<int:pk>/marks/", views.blank_marks, name="blank_marks"),
    path("blanks/<int:pk>/again/", views.blank_again, name="blank_again"),
    path("blanks/<int:pk>/fill/", views.blank_fill, name="blank_fill"),
    path("blanks/<int:pk>/remove/", views.blank_remove, name="blank_remove"),
]
