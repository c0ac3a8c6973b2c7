"""Loading the invented township: rosters through the import, then what stands beside them."""

import json
import os
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from grids.choices import BranchSetting, Kind, Role
from grids.imports.actions import load_rows
from grids.imports.reading.result import RosterReading, RosterRow
from grids.models import BranchProfile, GridCover, GridProfile, HouseholdProfile, Node, Person, Post
from liaison.choices import Level
from liaison.models import Contact
from reports.demo import town as demo
from reports.demo.serving import serve
from reports.demo.supervision import supervise
from reports.demo.visiting import visit
from township import history
from township.choices import OfficeRole
from township.models import Township, User

REASON = "装入演示数据"
ACCOUNTS_FILE = "demo_accounts.json"
UNCOVERED = (
    7  # every seventh group has no committee contact yet, so that the gap lists have something to show
)


@dataclass(frozen=True)
class Account:
    """One account for trying the system out."""

    username: str
    title: str
    office_role: str
    post: str = ""  # for village accounts: whose eyes they have


ACCOUNTS = (
    Account("admin", "演示系统管理员", OfficeRole.SYSTEM_ADMIN),
    Account("clerk", "演示乡党政办", OfficeRole.CLERK),
    Account("leader", "演示乡领导", OfficeRole.LEADER),
    Account("auditor", "演示审计员", OfficeRole.AUDITOR),
    Account("secretary", "演示村支部书记", OfficeRole.BY_POST, Role.SECRETARY),
    Account("groupleader", "演示党小组长", OfficeRole.BY_POST, Role.GROUP_LEADER),
    Account("member", "演示党员", OfficeRole.BY_POST, Kind.MEMBER),
)


@transaction.atomic
def load(town: demo.Town) -> Township:
    """Write the whole township in one transaction; it must not exist yet."""
    township = history.save(Township(code=town.code, name=town.name), by=None, reason=REASON)
    for name, rows in [
        *((village.name, village.rows) for village in town.villages),
        (demo.OFFICE, town.office),
    ]:
        _load_rows(township, name, rows)
    _describe_branches(township, town)
    _cover_villager_groups(township)
    _appoint(township, town)
    _town_contacts(township, town)
    _committee_contacts(township, town)
    supervise(township, since=demo.SINCE, reason=REASON)
    visit(township, since=demo.SINCE, reason=REASON)
    serve(township, since=demo.SINCE, reason=REASON)
    return township


def _load_rows(township: Township, name: str, rows: list[RosterRow]) -> None:
    """Load one organisation's rows as its workbook would be; the invented rows must pass every check."""
    entry = load_rows(
        reading=RosterReading(rows=rows), name=f"{name}（演示）", township=township, today=demo.SINCE
    )
    if entry["errors"]:
        raise ValueError(entry["errors"][:3])


def _roots(township: Township) -> dict[str, Node]:
    found = Node.objects.filter(township=township, kind__in=(Kind.BRANCH, Kind.GENERAL_BRANCH))
    return {node.name: node for node in found}


def _people(township: Township) -> dict[tuple[str, str], Person]:
    return {(person.name, person.phone): person for person in Person.objects.filter(township=township)}


def _describe_branches(township: Township, town: demo.Town) -> None:
    """Village name, setting and typed population of each top organisation."""
    facts = {village.root: village for village in town.villages}
    profiles = list(BranchProfile.objects.filter(node__township=township).select_related("node"))
    for profile in profiles:
        village = facts.get(profile.node.name)
        if village:
            profile.village, profile.population = village.name, round(village.households * 4.4)
        elif profile.node.name == demo.OFFICE:
            profile.setting, profile.village = BranchSetting.OFFICE, ""
    history.update_all(BranchProfile, profiles, ["village", "population", "setting"], by=None, reason=REASON)


def _cover_villager_groups(township: Township) -> None:
    """A grid covers the villager group most of its households live in (here: all of them)."""
    # Two short queries: PostgreSQL knows nothing of rows this new, and once took minutes over five joins.
    profiles = dict(GridProfile.objects.filter(node__township=township).values_list("node_id", "pk"))
    living = HouseholdProfile.objects.filter(node__township=township, villager_group__isnull=False)
    pairs = [
        (lane, profiles[grid])
        for lane, grid in living.values_list("villager_group_id", "node__grid_id").distinct()
        if grid is not None
    ]
    covers = [GridCover(profile_id=grid, villager_group_id=lane) for lane, grid in pairs]
    history.create_all(GridCover, covers, by=None, reason=REASON)


def _appoint(township: Township, town: demo.Town) -> None:
    """Committees of branches, 乡领导, and a grid worker for every grid (its group's leader, 一人多职)."""
    roots, people = _roots(township), _people(township)
    posts = [
        Post(
            township=township, person=people[someone.name, someone.phone], node=roots[branch], role=role,
            since=demo.SINCE,
        )
        for village in town.villages
        for branch, committee in village.committee.items()
        for someone, role in committee
    ]  # fmt: skip
    posts += [
        Post(township=township, person=people[one.name, one.phone], role=Role.TOWN_LEADER, since=demo.SINCE)
        for one in town.leaders
    ]
    leaders = Post.objects.filter(township=township, role=Role.GROUP_LEADER).select_related("node__parent")
    posts += [
        Post(
            township=township, person_id=post.person_id, node=post.node.parent, role=Role.GRID_STAFF,
            since=demo.SINCE,
        )
        for post in leaders
        if post.node
    ]  # fmt: skip
    history.create_all(Post, posts, by=None, reason=REASON)


def _contact(township: Township, level: str, holder: Person, target: Node) -> Contact:
    return Contact(township=township, level=level, holder=holder, target=target, since=demo.SINCE)


def _town_contacts(township: Township, town: demo.Town) -> None:
    """E0: 乡领导 share out the villages; E1: a 总支's committee looks after its branches."""
    roots, people = _roots(township), _people(township)
    leaders = cycle(town.leaders)
    rows = []
    for village in town.villages:
        leader = next(leaders)
        rows.append(
            _contact(township, Level.TOWN_LEADER, people[leader.name, leader.phone], roots[village.root])
        )
        if village.root in village.branches:
            continue
        for branch, (officer, _) in zip(village.branches, village.committee[village.root], strict=False):
            holder = people[officer.name, officer.phone]
            rows.append(_contact(township, Level.GENERAL_BRANCH, holder, roots[branch]))
    history.create_all(Contact, rows, by=None, reason=REASON)


def _committee_contacts(township: Township, town: demo.Town) -> None:
    """E2: each committee member takes one or two groups of the own branch; some groups are still open."""
    roots, people = _roots(township), _people(township)
    groups: dict[int | None, list[Node]] = {}
    for group in Node.objects.filter(township=township, kind=Kind.GROUP).order_by("pk"):
        groups.setdefault(group.branch_id, []).append(group)
    rows, seen = [], 0
    for village in town.villages:
        for branch in village.branches:
            officers = [people[one.name, one.phone] for one, _ in village.committee[branch]]
            for holder, group in zip(cycle(officers), groups.get(roots[branch].pk, []), strict=False):
                seen += 1
                if seen % UNCOVERED:
                    rows.append(_contact(township, Level.COMMITTEE, holder, group))
    history.create_all(Contact, rows, by=None, reason=REASON)


# --- accounts ---------------------------------------------------------------------------------------


def accounts(township: Township) -> list[tuple[Account, str]]:
    """One account per role with a random password, kept in a file only the owner reads; made once."""
    file = Path(settings.DATA_DIR) / ACCOUNTS_FILE
    known: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    passwords = {account.username: known.get(account.username) or _password() for account in ACCOUNTS}
    for account in ACCOUNTS:
        if not User.objects.filter(username=account.username).exists():
            _make_account(township, account, passwords[account.username])
    if passwords != known:
        _write_private(file, json.dumps(passwords, ensure_ascii=False, indent=1))
    return [(account, passwords[account.username]) for account in ACCOUNTS]


def _make_account(township: Township, account: Account, password: str) -> None:
    user = User(
        username=account.username,
        full_name=account.title,
        office_role=account.office_role,
        township=None if account.office_role == OfficeRole.SYSTEM_ADMIN else township,
        must_change_password=False,
        password_changed_at=timezone.now(),
    )
    user.set_password(password)
    history.save(user, by=None, reason=REASON)
    if account.post:
        person = _eyes_of(township, account.post)
        person.user = user
        history.save(person, by=None, reason=REASON, fields=["user"])


def _eyes_of(township: Township, post: str) -> Person:
    """Somebody of the first plain village in that post, or a member there without any post."""
    people = Person.objects.filter(
        township=township, user=None, root__kind=Kind.BRANCH, membership__isnull=False
    ).order_by("root_id", "pk")
    if post == Kind.MEMBER:
        return people.filter(posts=None, membership__takes_part=True)[0]
    return people.filter(posts__role=post)[0]


def _password() -> str:
    """Random, typed without trouble, and within the office's own rules."""
    letters = "".join(
        secrets.choice(string.ascii_letters.translate({ord(c): None for c in "lIO"})) for _ in range(7)
    )
    return f"{letters}-{secrets.randbelow(9000) + 1000}aZ"


def _write_private(file: Path, text: str) -> None:
    """Written beside and renamed, readable by the owner only."""
    part = file.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    part.replace(file)


def summary(township: Township) -> Iterable[tuple[str, Any]]:
    """Counts by kind, for the command's last lines."""
    for kind in Kind:
        yield kind.label, Node.objects.filter(township=township, kind=kind, closed_on=None).count()
