"""Where a finding is and which page mends it: addresses of other rooms, written in one place."""

from django.urls import reverse

from grids.choices import Kind
from liaison.choices import Level
from liaison.queries import Place, Roster
from reports.filing.checks.findings import Spot
from reports.filing.checks.queries import Material

TOWNSHIP = "全乡（镇）"
_ABOVE = (Kind.GRID, Kind.GROUP, Kind.HUB)


def annex1(material: Material, root: int | None, code: str) -> Spot:
    """A number of annex 1, of a village or of the 合计 row."""
    name = material.names[root] if root is not None else TOWNSHIP
    url = reverse("reports:annex", args=[1])
    return Spot(root, name, f"col:{code}", f"{url}?root={root}" if root is not None else url, "看附件1")


def signs(material: Material, root: int, notice: str) -> Spot:
    """The village's boards or plates that do not hang."""
    url = f"{reverse('services:signs', args=[notice])}?village={root}&state=waiting"
    return Spot(root, material.names[root], f"sign:{notice}", url, "登记挂牌")


def stations(material: Material, root: int) -> Spot:
    """The register of volunteer stations."""
    url = reverse("services:ledger", args=["teams", "stations"])
    return Spot(root, material.names[root], "station", f"{url}?village={root}", "登记服务站")


def centre() -> Spot:
    """The township's volunteer centre."""
    return Spot(None, TOWNSHIP, "centre", reverse("services:volunteer_centre"), "登记中心")


def place(
    material: Material, root: int, pk: int, *, url: str, repair: str, case: str = "", above: int | None = None
) -> Spot:
    """A place of the tree; `case` keeps two findings about one place apart, `above` is where it hangs."""
    return Spot(
        root,
        material.names[root],
        f"node:{pk}{f':{case}' if case else ''}",
        url,
        repair,
        node_id=pk,
        where=way(material.roster, above),
    )


def way(roster: Roster, pk: int | None) -> str:
    """第一网格 › 第一党小组, from the branch of a 党总支 down to the place itself."""
    names: list[str] = []
    here: Place | None = roster.places.get(pk or 0)
    while here is not None and here.parent is not None:
        if here.kind in _ABOVE or here.kind == Kind.BRANCH:
            names.append(here.name)
        here = roster.places.get(here.parent)
    return " › ".join(reversed(names))


def edit(pk: int) -> str:
    """The form of a place."""
    return reverse("grids:node_edit", args=[pk])


def move(pk: int) -> str:
    """Where a place can be hung elsewhere."""
    return reverse("grids:node_move", args=[pk])


def look(pk: int) -> str:
    """A place's own page, with its posts and what hangs below."""
    return reverse("grids:node", args=[pk])


def share_out(pk: int, to: int | None = None) -> str:
    """Where what hangs under a place is given to others, or to one of them."""
    url = reverse("grids:children_move", args=[pk])
    return f"{url}?to={to}" if to is not None else url


def add_below(pk: int, kind: Kind) -> str:
    """The form of a new place under this one."""
    return f"{reverse('grids:node_add')}?parent={pk}&kind={kind.value}"


def appoint(pk: int) -> str:
    """The form of a new post at a place."""
    return f"{reverse('grids:post_add')}?node={pk}"


def end_post(pk: int) -> str:
    """Where a post is ended."""
    return reverse("grids:post_end", args=[pk])


def end_contact(pk: int) -> str:
    """Where a contact is ended."""
    return reverse("liaison:contact_end", args=[pk])


def begin_contact(level: Level, target: int) -> str:
    """The form of a new contact for a target."""
    return f"{reverse('liaison:contact_add')}?level={level.value}&target={target}"


def grids_of(root: int) -> str:
    """The village's grids."""
    return f"{reverse('grids:node_list', args=[Kind.GRID.value])}?village={root}"


def holders_of(level: Level, root: int) -> str:
    """谁联系谁, opened on one edge of a village."""
    return f"{reverse('liaison:edge', args=[level.value])}?village={root}"
