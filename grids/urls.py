"""Addresses of grids."""

from django.urls.resolvers import URLPattern, URLResolver

app_name = "grids"
urlpatterns: list[URLPattern | URLResolver] = []
