"""What loading one file would do, as data: the dry run shows it, the real run carries it out.

Both count the same plan, so they give the same counts.
"""

from collections import Counter
from dataclasses import dataclass, field

from grids.choices import Kind
from grids.imports.planning.held import Held, HeldBranch, HeldPost
from grids.imports.planning.people import People, WantPerson
from grids.imports.planning.targets import Target
from grids.imports.planning.wanted import Gathering, Want
from grids.imports.planning.word import Question, Suspect
from grids.imports.reading.result import ERROR, Problem, RosterReading
from township.models import Township

COUNTED = ("branch", "grid", "group", "hub", "member", "household", "person", "post", "link")


@dataclass(eq=False)
class WantPost:
    """A post the file gives to somebody; `ended` are the posts of others that end with it."""

    role: str
    place: Want
    person: WantPerson
    ended: list[HeldPost]


@dataclass(eq=False)
class BranchPlan:
    """Everything that would be done in one Party organisation."""

    target: Target
    found: Gathering
    held: HeldBranch
    people_of: dict[Want, WantPerson] = field(default_factory=dict)
    posts: list[WantPost] = field(default_factory=list)
    posts_kept: int = 0
    closing: list[Held] = field(default_factory=list)


@dataclass(eq=False)
class Plan:
    """What loading one file would do, and what stands against it."""

    township: Township
    reading: RosterReading
    branches: list[BranchPlan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    suspects: list[Suspect] = field(default_factory=list)
    people: People = field(default_factory=lambda: People({}))

    @property
    def errors(self) -> list[Problem]:
        """What refuses the file."""
        return [p for p in self.problems if p.severity == ERROR]

    @property
    def roots(self) -> set[int | None]:
        """The trees it would write; None stands for a new one."""
        return {branch.target.root_id for branch in self.branches}

    def counts(self) -> dict[str, dict[str, int]]:
        """New, changed, same and closed per kind."""
        found: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
        tops = {b.target.top for b in self.branches} | {b.target for b in self.branches}
        found["branch"].update("new" if target.node is None else "same" for target in tops)
        for branch in self.branches:
            _count_branch(branch, found)
        for person in self.people.wanted:
            found["person"][_state(person.held is None, bool(person.diff))] += 1
        return {
            name: {state: counter[state] for state in ("new", "changed", "same", "closed")}
            for name, counter in found.items()
        }

    @property
    def changes_nothing(self) -> bool:
        """True when the system already holds all that the file says."""
        return not any(c["new"] or c["changed"] or c["closed"] for c in self.counts().values())


def _state(new: bool, changed: bool) -> str:
    return "new" if new else "changed" if changed else "same"


def _count_branch(branch: BranchPlan, found: dict[str, Counter[str]]) -> None:
    for want in branch.found.places():
        person = branch.people_of.get(want)
        changed = want.is_changed or (person is not None and bool(person.diff))
        found[want.kind][_state(want.held is None, changed)] += 1
        if want.kind == Kind.HOUSEHOLD and want.above is not None and want.above.kind == Kind.MEMBER:
            found["link"][_state(want.held is None, want.moved)] += 1
    found["household"]["closed"] += len(branch.closing)
    found["link"]["closed"] += len(branch.closing)
    found["post"]["new"] += len(branch.posts)
    found["post"]["closed"] += sum(len(post.ended) for post in branch.posts)
    found["post"]["same"] += branch.posts_kept
