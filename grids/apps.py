"""The app of grids."""

from django.apps import AppConfig


class GridsConfig(AppConfig):
    """Named for the menus and the permission tables."""

    name = "grids"
    verbose_name = "网格"

    def ready(self) -> None:
        """Enter the registers of this app."""
        from grids.registers import households, hubs, members, posts  # noqa: F401  # built on the models
        from grids.registers.register import REGISTERS  # the same
        from grids.registers.workbooks import source  # the same
        from grids.reserve import register as reserve  # noqa: F401  # the same

        for code in REGISTERS:
            source.enter(code)
