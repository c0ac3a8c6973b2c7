"""Where a person must decide: an unknown group in a known branch, a new place like one that exists."""

from grids.choices import Kind
from grids.imports.planning.held import Held
from grids.imports.planning.plan import BranchPlan, Plan
from grids.imports.planning.wanted import Want
from grids.imports.planning.word import NOBODY, Question, Suspect, Word

TAIL = 4  # digits of a phone that make two people of one name hardly different


def match_as_told(branch: BranchPlan, word: Word) -> None:
    """Pair the places the clerk has called the same before any rule looks at them."""
    if not word.same:
        return
    for want in (*branch.found.members, *branch.found.households):
        pk = word.same.get((want.row.sheet, want.row.row, want.kind), NOBODY)
        held = branch.held.by_pk.get(pk)
        if held is not None and held.kind == want.kind and not held.used:
            want.held, held.used = held, True


def ask(plan: Plan, branch: BranchPlan, word: Word) -> None:
    """Note the doubts of one branch that the clerk has not settled yet."""
    known = tuple(held.name for held in branch.held.of[Kind.GROUP])
    for group in branch.found.groups.values():
        if known and group.held is None and not group.derived and group.name not in word.new_groups:
            plan.questions.append(Question(group, known))
    for want in (*branch.found.members, *branch.found.households):
        if want.held is None and (want.row.sheet, want.row.row, want.kind) not in word.same:
            like = _like(branch, want)
            if like is not None:
                plan.suspects.append(like)


def _like(branch: BranchPlan, want: Want) -> Suspect | None:
    for held in branch.held.of[want.kind]:
        if held.name == want.name and not held.used:
            why = _why(want, held)
            if why:
                return Suspect(want, held, why)
    return None


def _why(want: Want, held: Held) -> str:
    phone, known = str(want.facts.get("phone") or ""), str(held.facts.get("phone") or "")
    if phone and known:
        return f"同名，电话尾号都是 {phone[-TAIL:]}" if phone[-TAIL:] == known[-TAIL:] else ""
    door = str(want.facts.get("door") or "")
    if want.kind == Kind.HOUSEHOLD:
        return f"同名，门牌都是“{door}”" if door and door == held.facts.get("door") else ""
    return "同一支部里同名，有一处没有电话"
