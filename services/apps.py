"""The app of services to residents."""

from django.apps import AppConfig

from township import doors


class ServicesConfig(AppConfig):
    """One app; each mechanism of the document gets a room of its own."""

    name = "services"
    verbose_name = "服务"

    def ready(self) -> None:
        """Enter the ledgers among the registers and files that can be loaded, and the look-up of errands."""
        from grids.registers.workbooks import source  # inline: models are not loaded when this module is
        from services.partylife import ledgers as partylife  # inline: likewise
        from services.partylife.meeting_register import MEETINGS  # inline: likewise
        from services.teams import ledgers as teams  # inline: likewise
        from services.tickets.public.queries import is_open  # inline: likewise

        for one in (*partylife.ALL, MEETINGS, *teams.ALL):
            source.enter(one.code)
        doors.enter(doors.Door("查询代办事项的办理进度", "services:public_lookup", is_open))
