"""The app of services to residents."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """One app; each mechanism of the document gets a room of its own."""

    name = "services"
    verbose_name = "服务"
