"""The app of liaison."""

from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    """Named for the menus and the permission tables."""

    name = "liaison"
    verbose_name = "包挂联系"
