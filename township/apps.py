"""The project's own app: townships, accounts, sheets, audit."""

from django.apps import AppConfig


class TownshipConfig(AppConfig):
    """Registers the system checks of checks.py."""

    name = "township"
    verbose_name = "乡镇"

    def ready(self) -> None:
        """Load the checks once the apps are there."""
        from township import checks  # noqa: F401  registers itself on import
