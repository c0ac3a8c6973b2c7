"""A life in states as a table of steps, and the one mover that walks it (style: the table is data)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

STAYS = ""  # target of a step that leaves the state as it is


class NotAllowed(ValidationError):
    """A step that cannot be taken now; the message is for people."""


@dataclass(frozen=True)
class Step:
    """From some states to one, or to none (STAYS); `roles` may take it, and it needs these facts.

    `needs` says of each field what it is called.
    """

    code: str
    title: str
    sources: Collection[str]
    target: str
    roles: Collection[str] = frozenset()
    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lifecycle:
    """All steps of one kind of record; `names` are the states in words."""

    names: Mapping[str, str]
    steps: tuple[Step, ...]

    def step(self, code: str) -> Step:
        """The step of that code; KeyError if there is none."""
        return {step.code: step for step in self.steps}[code]

    def open_to(self, state: str, roles: Collection[str]) -> list[Step]:
        """Steps somebody with these roles can take from a state, in the order of the table."""
        return [step for step in self.steps if state in step.sources and set(step.roles) & set(roles)]

    @property
    def final(self) -> set[str]:
        """States from which no step leads on."""
        leading = [step for step in self.steps if step.target != STAYS]
        return set(self.names) - {source for step in leading for source in step.sources}

    def check(self, code: str, state: str, roles: Collection[str], facts: Mapping[str, Any]) -> Step:
        """The step, if it can be taken; NotAllowed with a sentence otherwise."""
        step = self.step(code)
        if not set(step.roles) & set(roles):
            raise NotAllowed(f"您的岗位不能“{step.title}”。")
        if state not in step.sources:
            now = self.names.get(state, state)
            raise NotAllowed(f"现在是“{now}”，不能“{step.title}”。可能别人刚处理过，请刷新再看。")
        missing = [title for name, title in step.needs.items() if not facts.get(name)]
        if missing:
            raise NotAllowed(
                {name: f"请填写{title}。" for name, title in step.needs.items() if title in missing}
            )
        return step


def move(row: Model, lifecycle: Lifecycle, code: str, *, roles: Collection[str], **facts: Any) -> Step:
    """Take one step: the row's state changes only if nobody else changed it meanwhile.

    The caller stands in a transaction and writes history and events. Raises NotAllowed.
    """
    state: str = row.state  # type: ignore[attr-defined]
    step = lifecycle.check(code, state, roles, facts)
    same = type(row)._default_manager.select_for_update().filter(pk=row.pk, state=state)
    if not same.exists():
        raise NotAllowed(f"别人刚处理过，没有“{step.title}”。请刷新再看。")
    if step.target != STAYS:
        row.state = step.target  # type: ignore[attr-defined]
    return step
