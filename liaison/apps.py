"""The app of liaison."""

from django.apps import AppConfig


class LiaisonConfig(AppConfig):
    """Named for the menus and the permission tables."""

    name = "liaison"
    verbose_name = "包挂联系"

    def ready(self) -> None:
        """Let people hand their contacts over together with their posts."""
        from grids import holdings, sorts  # inline: models are not loaded when this module is
        from grids.registers.workbooks import source  # inline: likewise
        from liaison import registers  # inline: likewise; enters 上级包挂 among the registers
        from liaison.holdings import Contacts  # inline: likewise

        holdings.register(Contacts())
        sorts.enter("contacts", self.verbose_name, "liaison:contacts")
        source.enter(registers.CONTACTS.code)
