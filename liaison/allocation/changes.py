"""What an allocation changes, target by target, each with the reason that weighs most."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from liaison.allocation.engine import Links
from liaison.allocation.instance import Holder, Instance, Target, steps_between


class Step(StrEnum):
    """What becomes of a target's link."""

    KEPT = "kept"
    CHANGED = "changed"
    NEW = "new"
    RELEASED = "released"
    OPEN = "open"


class Reason(StrEnum):
    """Why a link is not what it was."""

    NONE = ""
    PINNED = "pinned"
    FIRST = "first"  # there was no contact
    UNABLE = "unable"  # the contact cannot serve now
    MOVED = "moved"  # contact and target stand in different grids
    OVERLOADED = "overloaded"
    RELATIVE = "relative"
    NEARER = "nearer"
    BALANCE = "balance"
    NO_ROOM = "no_room"


WORDS = {
    Reason.NONE: "",
    Reason.PINNED: "指定",
    Reason.FIRST: "原无联系人",
    Reason.UNABLE: "原联系人不能履职",
    Reason.MOVED: "迁组",
    Reason.OVERLOADED: "原联系人超额",
    Reason.RELATIVE: "亲属",
    Reason.NEARER: "就近",
    Reason.BALANCE: "均衡",
    Reason.NO_ROOM: "无人可联系",
}


@dataclass(frozen=True)
class Change:
    """One row of the comparison; `distance` in steps of ten metres, None when nobody is chosen."""

    target: str
    old: str | None
    new: str | None
    step: Step
    reason: Reason
    distance: int | None
    crosses: bool


def changes(instance: Instance, links: Links) -> list[Change]:
    """Every target with its old and new contact, in the order of the codes."""
    before = Counter(target.current for target in instance.targets if target.current is not None)
    return [_change(instance, target, links[target.code], before) for target in instance.targets]


def _change(instance: Instance, target: Target, new: str | None, before: Counter[str]) -> Change:
    holder = instance.holder_of[new] if new is not None else None
    step = _step(target.current, new)
    return Change(
        target.code,
        target.current,
        new,
        step,
        _reason(instance, target, holder, before) if step != Step.KEPT else Reason.NONE,
        steps_between(target, holder) if holder else None,
        holder is not None and holder.grid != target.grid,
    )


def _step(old: str | None, new: str | None) -> Step:
    if old == new:
        return Step.OPEN if new is None else Step.KEPT
    if old is None:
        return Step.NEW
    return Step.RELEASED if new is None else Step.CHANGED


def _reason(instance: Instance, target: Target, new: Holder | None, before: Counter[str]) -> Reason:
    if new is None:
        return Reason.NO_ROOM
    if target.pin == new.code:
        return Reason.PINNED
    if target.current is None:
        return Reason.FIRST
    if not instance.is_able(target.current):
        return Reason.UNABLE
    old = instance.holder_of[target.current]
    if old.grid != target.grid:
        return Reason.MOVED
    if before[old.code] > instance.band_of(old).high:
        return Reason.OVERLOADED
    if target.relative == new.code:
        return Reason.RELATIVE
    return Reason.NEARER if steps_between(target, new) < steps_between(target, old) else Reason.BALANCE
