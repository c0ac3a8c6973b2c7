"""The app of grids."""

from django.apps import AppConfig


class GridsConfig(AppConfig):
    """Named for the menus and the permission tables."""

    name = "grids"
    verbose_name = "网格"
