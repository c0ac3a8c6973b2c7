"""The app of reports."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Named for the menus and the permission tables."""

    name = "reports"
    verbose_name = "报表"
