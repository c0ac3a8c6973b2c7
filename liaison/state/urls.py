"""Addresses of the room, taken up by those of liaison."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.urls.resolvers import URLPattern, URLResolver

from liaison.choices import Edge
from liaison.state import views


class EdgeCode(StringConverter):
    """E0 to E5; anything else is 404."""

    regex = "|".join(Edge.values)


register_converter(EdgeCode, "edge")

urlpatterns: list[URLPattern | URLResolver] = [
    path("edges/", views.edges, name="edges"),
    path("edges/<edge:code>/", views.edges, name="edge"),
    path("chain/<int:pk>/", views.chain, name="chain"),
    path("pyramid/", views.pyramid, name="pyramid"),
]
