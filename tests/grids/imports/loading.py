"""Loading made short for tests: rows in a few words, and what the database then holds."""

from datetime import date

from grids.choices import Kind, Role
from grids.imports import actions
from grids.imports.reading.names import hub_name
from grids.imports.reading.result import RosterReading, RosterRow
from grids.models import HouseholdProfile, Node, Post

TODAY = date(2026, 9, 10)
FIELDS = ["group", "hub", "member", "household"]


def row(group="", hub="", member="", household="", **facts):
    """One row of 甲村; every field it is given counts as a column of the file."""
    made = RosterRow(sheet="表", row=facts.pop("number", 5), branch=facts.pop("branch", "甲村党支部"))
    for name, value in {
        "group": group,
        "hub": hub,
        "member": member,
        "household": household,
        **facts,
    }.items():
        setattr(made, name, value)
    if hub.endswith("户"):  # as the reader does: a central household names its head
        made.hub, made.hub_kind, head = hub_name(hub)
        made.hub_head = made.hub_head or head
    made.where = {name: name for name in ("household", "member", *facts)}
    return made


def reading(*rows, meta=None):
    for number, one in enumerate(rows, 5):
        one.row = number
    return RosterReading(
        rows=list(rows), meta=meta or {}, branches=list(dict.fromkeys(r.branch for r in rows if r.branch))
    )


def load(township, *rows, meta=None, today=TODAY, **options):
    return actions.load_rows(
        reading=reading(*rows, meta=meta), name="名册.xlsx", township=township, today=today, **options
    )


def brief(entry):
    """The counts that are not zero, without those of 'same'."""
    return {
        kind: {state: n for state, n in states.items() if n and state != "same"}
        for kind, states in entry["counts"].items()
        if any(n for state, n in states.items() if state != "same")
    }


def messages(entry, severity="errors"):
    return [problem["message"] for problem in entry[severity]]


def named(kind, name, **filters):
    return Node.objects.get(kind=kind, name=name, **filters)


def places(branch=None):
    """Every open household as (group, hub, member, household, villager group, door, size)."""
    found = HouseholdProfile.objects.filter(node__closed_on__isnull=True)
    if branch:
        found = found.filter(node__root__name=branch)
    rows = found.select_related("node__group", "node__hub", "node__parent", "villager_group")
    return sorted(
        (
            str(house.node.group or ""),
            str(house.node.hub or ""),
            house.node.parent.name if house.node.parent.kind == Kind.MEMBER else "",
            house.node.name,
            str(house.villager_group or ""),
            house.door,
            house.size or 0,
        )
        for house in rows
    )


def leaders(branch, role=Role.GROUP_LEADER, on=TODAY):
    posts = Post.objects.current(on).filter(role=role, node__root__name=branch)
    return {
        (post.node.name, post.person.name, post.person.phone)
        for post in posts.select_related("node", "person")
    }
