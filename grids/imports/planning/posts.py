"""Who a file's members, leaders and heads are, and which posts begin and end by it."""

from grids.choices import Kind, Role
from grids.imports.planning import keys
from grids.imports.planning.matching import group_of
from grids.imports.planning.people import WantPerson
from grids.imports.planning.plan import BranchPlan, Plan, WantPost
from grids.imports.planning.wanted import Want


def plan_person(plan: Plan, branch: BranchPlan, member: Want, *, clears_phone: bool = False) -> None:
    """Who stands in a member's place, and what of that person changes."""
    person, why = plan.people.of_member(member, branch.target, clears_phone=clears_phone)
    if why:
        branch.found.error(member.row, "member", member.name, why)
    if person is None:
        return
    if "phone" in person.diff and all(person.diff["phone"]) and not member.codes:
        old, new = person.diff["phone"]
        message = f"电话与系统里的 {old} 不同，按同一人更新为 {new}，请核对。"
        branch.found.warn(member.row, "member_phone", new, message)
    branch.people_of[member] = person


def plan_posts(plan: Plan, branch: BranchPlan) -> None:
    by_name: dict[str, list[Want]] = {}
    for member in branch.found.members:
        by_name.setdefault(member.name, []).append(member)
    for group in branch.found.groups.values():
        if name := group.facts.get("leader"):
            phone = group.facts.get("leader_phone", "")
            person = _who(plan, branch, by_name, name, phone, group)
            person = person or plan.people.of_post(name, phone, branch.target)
            _appoint(branch, Role.GROUP_LEADER, group, person)
    for hub in branch.found.hubs.values():
        if name := hub.facts.get("head"):
            phone = hub.facts.get("head_phone", "")
            person = _who(plan, branch, by_name, name, phone, hub)
            # 白子龙户 names its head by its own name; without such a member nobody is made up.
            if person is None and (phone or keys.hub_key(name) != hub.key):
                person = plan.people.of_post(name, phone, branch.target)
            if person is not None:
                _appoint(branch, Role.HUB_HEAD, hub, person)


def _who(
    plan: Plan, branch: BranchPlan, by_name: dict[str, list[Want]], name: str, phone: str, place: Want
) -> WantPerson | None:
    """The member meant: in the hub first, then in the group, then the only one of the branch."""
    group = place if place.kind == Kind.GROUP else group_of(place)
    ranked = sorted(
        (m for m in by_name.get(name, ()) if m in branch.people_of),
        key=lambda m: (m.above is not place, group_of(m) is not group),
    )
    person = None
    if ranked and (len(ranked) == 1 or group_of(ranked[0]) is group):
        person = branch.people_of[ranked[0]]
        _fill_phone(plan, branch, person, ranked[0], phone, place)
        return person
    return _who_is_held(plan, branch, name, phone, place)


def _fill_phone(
    plan: Plan, branch: BranchPlan, person: WantPerson, member: Want, phone: str, place: Want
) -> None:
    """A phone beside the post counts when it says something new and the member's own row does not."""
    if not phone or phone == person.phone:
        return
    known = person.held.phone if person.held is not None else ""
    if phone == known:
        return
    if person.phone in ("", known):
        if person.held is None:
            person.phone = phone
        elif why := plan.people.change_phone(person, phone):
            branch.found.error(place.row, _phone_cell(place), phone, why)
        return
    message = f"“{person.name}”的电话与党员一栏的 {person.phone} 不一致，按党员一栏，请核对。"
    branch.found.warn(place.row, _phone_cell(place), phone, message)


def _phone_cell(place: Want) -> str:
    return "group_leader_phone" if place.kind == Kind.GROUP else "hub_phone"


def _who_is_held(plan: Plan, branch: BranchPlan, name: str, phone: str, place: Want) -> WantPerson | None:
    """A member the file does not list: in the place, in its group, or the only one of the branch."""
    group = place if place.kind == Kind.GROUP else group_of(place)
    group_pk = group.held.pk if group is not None and group.held is not None else None
    named = [m for m in branch.held.of[Kind.MEMBER] if m.name == name and not m.used]
    here = [m for m in named if m.group_id == group_pk] if group_pk else []
    chosen = here if len(here) == 1 else named
    if len(chosen) != 1:
        return None
    person = plan.people.known(chosen[0].person_id, branch.target)
    if person is None or (phone and person.phone and phone != person.phone):
        return None
    if phone and not person.phone:
        plan.people.change_phone(person, phone)
    return person


def _appoint(branch: BranchPlan, role: str, place: Want, person: WantPerson) -> None:
    """Give the post, unless that person has it; whoever else has it gives it up."""
    posts = branch.held.leaders if role == Role.GROUP_LEADER else branch.held.heads
    present = posts.get(place.held.pk, []) if place.held is not None else []
    if person.held is not None and any(post.person_id == person.held.pk for post in present):
        branch.posts_kept += 1
        return
    branch.posts.append(WantPost(role, place, person, present))
