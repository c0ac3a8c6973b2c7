"""The app of services to residents."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """One app; each mechanism of the document gets a room of its own."""

    name = "services"
    verbose_name = "服务"

    def ready(self) -> None:
        """Enter the ledgers among the registers, and their files among those that can be loaded."""
        from grids.registers.workbooks import source  # inline: models are not loaded when this module is
        from services.partylife import ledgers as partylife  # inline: likewise
        from services.teams import ledgers as teams  # inline: likewise

        for ledger in (*partylife.ALL, *teams.ALL):
            source.enter(ledger.code)
