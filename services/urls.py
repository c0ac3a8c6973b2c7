"""Addresses of what is done for people."""

from django.urls.resolvers import URLPattern, URLResolver

app_name = "services"
urlpatterns: list[URLPattern | URLResolver] = []
