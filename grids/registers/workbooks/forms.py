"""Which place, and the filled file."""

from typing import TYPE_CHECKING, Any

from django.forms import HiddenInput

from grids import access
from grids.choices import ROOT_KINDS
from grids.imports.forms import RosterForm
from grids.models import Node
from grids.registers.register import Register

if TYPE_CHECKING:
    from township.models import User


class RegisterFileForm(RosterForm):
    """One filled workbook, and the branch it belongs to where the file doesn't say."""

    def __init__(self, *args: Any, user: "User", register: Register, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["file"].label = f"{register.title}工作簿"
        self.fields[
            "file"
        ].help_text = (
            "从这里下载的模板、登记表，或别处来的表格都可以（.xlsx、.xls、.et、.ods、.csv，不超过 10 MB）。"
        )
        if len(self.fields["branch"].choices) == 1:  # type: ignore[attr-defined]  # nothing to choose
            self.fields["branch"].widget = HiddenInput()
        other = "别处来的表格写明了村就不用选" if register.over_villages else "别处来的表格请选"
        self.fields["branch"].help_text = f"下载的模板和登记表自己记着是哪个党支部；{other}。"


def own_roots(user: "User | Any") -> list[Node]:
    """The open Party organisations this account may edit."""
    found = Node.objects.visible_to(user).open().filter(kind__in=ROOT_KINDS).select_related("root")
    return [node for node in found.order_by("position", "pk") if access.may_edit(user, node)]
