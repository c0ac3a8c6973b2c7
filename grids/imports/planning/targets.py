"""Which Party organisation the rows of a file belong to: one the township has, or a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance.Levenshtein import distance

from grids.choices import ROOT_KINDS, Kind
from grids.imports.planning import keys
from grids.imports.reading.names import branch_name
from grids.imports.reading.result import RosterRow
from grids.models import Node
from township.models import Township


class NoTarget(Exception):
    """The organisation can't be found; the message is for people."""


@dataclass(eq=False)
class Target:
    """A Party organisation rows are loaded into; `node` is None while it is still to be made."""

    name: str
    kind: str
    node: Node | None = None
    above: "Target | None" = None

    @property
    def top(self) -> "Target":
        """The organisation at the top of this one's tree."""
        return self.above.top if self.above is not None and self.node is None else self

    @property
    def root_id(self) -> int | None:
        """The number of its tree's root, None for a new tree."""
        if self.node is not None:
            return self.node.root_id
        return self.above.root_id if self.above is not None else None


class Organisations:
    """The open Party organisations of a township, and those a file adds."""

    def __init__(self, township: Township) -> None:
        self.nodes = list(Node.objects.open().filter(township=township, kind__in=ROOT_KINDS).order_by("pk"))
        self.by_pk = {node.pk: node for node in self.nodes}
        self.made: dict[tuple[str, str], Target] = {}

    def target(self, branch: str, general: str = "") -> Target:
        """The organisation called `branch`, in `general` when a 党总支 is named too. Raises NoTarget."""
        known = self._known(branch, general)
        if known is None:
            return self._new(branch, general)
        below = [node for node in self.nodes if node.parent_id == known.pk]
        if known.kind == Kind.GENERAL_BRANCH and len(below) == 1:
            known = below[0]
        elif known.kind == Kind.GENERAL_BRANCH and below:
            names = "、".join(node.name for node in below)
            raise NoTarget(f"“{known.name}”下面有{len(below)}个党支部（{names}），请写明是哪个党支部。")
        return self._made(known.name, "", Target(known.name, known.kind, known))

    def like(self, name: str) -> str:
        """An organisation whose name differs from `name` in one sign only, which may be a slip."""
        core = keys.branch_core(name)
        return next((n.name for n in self.nodes if distance(keys.branch_core(n.name), core) == 1), "")

    def _made(self, name: str, general: str, target: Target) -> Target:
        key = (str(target.node.pk) if target.node else name, general)
        return self.made.setdefault(key, target)

    def _known(self, branch: str, general: str) -> Node | None:
        """By its full name first, then 大坪村 = 大坪村党支部 = 大坪村党总支."""
        nodes = self._below(general) if general else self.nodes
        if general and general != branch:
            nodes = [node for node in nodes if node.kind == Kind.BRANCH]
        core = keys.branch_core(branch)
        same = [node for node in nodes if node.name == branch]
        found = same or [node for node in nodes if keys.branch_core(node.name) == core]
        lower = [node for node in found if node.kind == Kind.BRANCH]
        found = lower or found
        if len(found) > 1:
            names = "、".join(self._full_name(node) for node in found)
            raise NoTarget(f"“{branch}”可以是：{names}，请在“党总支”“党支部”两列写明。")
        return found[0] if found else None

    def _full_name(self, node: Node) -> str:
        above = self.by_pk.get(node.parent_id) if node.parent_id else None
        return f"{above.name}{node.name}" if above else node.name

    def _below(self, general: str) -> list[Node]:
        core = keys.branch_core(general)
        tops = {n.pk for n in self.nodes if n.parent_id is None and keys.branch_core(n.name) == core}
        return [node for node in self.nodes if node.pk in tops or node.parent_id in tops]

    def _new(self, branch: str, general: str) -> Target:
        branch = branch_name(branch) or branch  # 甲村, as a clerk types it, is made as 甲村党支部
        kind = Kind.GENERAL_BRANCH if branch.endswith("总支") else Kind.BRANCH
        if not general or general == branch:
            return self._made(branch, "", Target(branch, kind))
        if kind == Kind.GENERAL_BRANCH:
            raise NoTarget(f"“{branch}”是党总支，不能放在“{general}”下面，请改正“党支部”一列。")
        return self._made(branch, general, Target(branch, kind, above=self._general(general)))

    def _general(self, name: str) -> Target:
        core = keys.branch_core(name)
        tops = [n for n in self.nodes if n.parent_id is None and keys.branch_core(n.name) == core]
        if tops and tops[0].kind != Kind.GENERAL_BRANCH:
            raise NoTarget(f"“{tops[0].name}”不是党总支，下面不能再设党支部，请改正“党总支”一列。")
        if tops:
            return self._made(tops[0].name, "", Target(tops[0].name, tops[0].kind, tops[0]))
        return self._made(name, "", Target(name, Kind.GENERAL_BRANCH))


def rows_by_target(
    rows: Sequence[RosterRow], organisations: Organisations, chosen: str
) -> tuple[dict[Target, list[RosterRow]], list[tuple[RosterRow | None, str]]]:
    """Share the rows out to their organisations; rows that name none go to `chosen`."""
    found: dict[Target, list[RosterRow]] = {}
    faults: dict[tuple[str, str], tuple[RosterRow | None, str]] = {}
    known: dict[tuple[str, str], Target | None] = {}
    elsewhere = _target_or_fault(organisations, chosen, "", None, faults) if chosen else None
    for row in rows:
        key = (row.branch, row.general_branch)
        if key not in known:
            known[key] = _of_row(organisations, row, elsewhere, chosen, faults)
        target = known[key]
        if target is not None:
            found.setdefault(target, []).append(row)
    return found, list(faults.values())


def _of_row(
    organisations: Organisations,
    row: RosterRow,
    chosen: Target | None,
    chosen_name: str,
    faults: dict[tuple[str, str], tuple[RosterRow | None, str]],
) -> Target | None:
    key = (row.branch, row.general_branch)
    if row.branch or row.general_branch:
        name = row.branch or row.general_branch
        found = _target_or_fault(organisations, name, row.general_branch, row, faults)
        if found is not None and chosen is not None and found is not chosen:
            faults[key] = row, f"表里写的是“{found.name}”，所选的却是“{chosen.name}”，请核对后重新选择。"
        return found
    if chosen is None and not chosen_name:
        faults[key] = row, "看不出是哪个党支部的花名册，请选择党支部，或在表里写明填报单位。"
    return chosen


def _target_or_fault(
    organisations: Organisations,
    name: str,
    general: str,
    row: RosterRow | None,
    faults: dict[tuple[str, str], tuple[RosterRow | None, str]],
) -> Target | None:
    try:
        return organisations.target(name, general)
    except NoTarget as why:
        faults[name, general] = row, str(why)
        return None


def names_of(targets: Iterable[Target]) -> list[str]:
    """The organisations' names, each once."""
    return list(dict.fromkeys(target.name for target in targets))
