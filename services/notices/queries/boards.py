"""What boards say today: staff of many grids in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from grids.choices import Kind, Role
from grids.models import Node, Post
from services.models import GridPage, Hotline, StaffContact
from services.notices.content import Board, Staff
from services.notices.rules import BOARD_ROLES, duties_of, title_of

ABOVE = ("township", "root", "branch")
FINGERPRINT = 12  # letters of a picture's SHA-256 that tell it from others
_RANK = {role: place for place, role in enumerate(BOARD_ROLES)}
# A secretary of the 党总支 above stands on every board; the rest of its committee on those of its own.
_FROM_ABOVE = (Role.SECRETARY, Role.DEPUTY_SECRETARY)


@dataclass(frozen=True)
class Holder:
    """One person with the posts that put them on a board."""

    person: int
    root: int | None
    name: str
    phone: str  # as boards say it: the own one where there is none for work
    work_phone: str
    photo: str  # the file's name
    photo_sha256: str
    posts: tuple[tuple[str, str], ...]  # role and duties


def unit_of(node: Node) -> str:
    """青河乡东坡村党总支东片党支部."""
    branch = node.branch
    below = branch.name if branch is not None and branch.pk != node.root_id else ""
    root = node.root.name if node.root else ""
    return f"{node.township.name}{root}{below}"


def boards(grids: Sequence[Node], *, on: date) -> dict[int, Board]:
    """Each grid's board; the grids come with ABOVE. Five queries, however many they are."""
    staff, numbers = holders(grids, on=on), hotlines(grids)
    tokens = dict(
        GridPage.objects.filter(node__in=grids, published_on__isnull=False).values_list("node_id", "token")
    )
    return {
        grid.pk: Board(
            unit=unit_of(grid),
            place=grid.name,
            hotline=numbers[grid.pk],
            staff=tuple(_staff(one) for one in staff[grid.pk]),
            qr=tokens.get(grid.pk, ""),
        )
        for grid in grids
    }


def _staff(holder: Holder) -> Staff:
    duties = (duties_of(role, own) for role, own in holder.posts)
    return Staff(
        name=holder.name,
        posts=tuple(dict.fromkeys(title_of(role) for role, _ in holder.posts)),
        phone=holder.phone,
        duties=tuple(dict.fromkeys(text for text in duties if text)),
        photo=holder.photo_sha256[:FINGERPRINT],
        work_phone=holder.work_phone,
        person=holder.person,
    )


def holders(grids: Sequence[Node], *, on: date) -> Mapping[int, list[Holder]]:
    """Who stands on each grid's board, in order: committee, instructor, group leader, staff."""
    where = _where(grids)
    posts = (
        Post.objects.current(on)
        .filter(node_id__in=where, role__in=BOARD_ROLES, person__merged_into=None)
        .order_by("pk")
        .values_list("node_id", "role", "duties", "person_id", "person__root_id", "person__name",
                     "person__phone")
    )  # fmt: skip
    rows = list(posts)
    contacts = contacts_of({row[3] for row in rows})
    held: dict[int, dict[int, list[tuple[str, str]]]] = {grid.pk: defaultdict(list) for grid in grids}
    people: dict[int, tuple[int | None, str, str]] = {}
    for node, role, duties, person, root, name, phone in rows:
        people[person] = (root, name, phone)
        for grid, from_above in where[node]:
            if not from_above or role in _FROM_ABOVE:
                held[grid][person].append((role, duties))
    return {
        grid: sorted(
            (_holder(person, people[person], contacts.get(person), found) for person, found in one.items()),
            key=lambda holder: (_rank(holder.posts), holder.person),
        )
        for grid, one in held.items()
    }


def _where(grids: Sequence[Node]) -> dict[int, list[tuple[int, bool]]]:
    """Places whose posts stand on which boards, and whether only the leading ones do."""
    found: defaultdict[int, list[tuple[int, bool]]] = defaultdict(list)
    by_grid = {grid.pk: grid for grid in grids}
    for grid in grids:
        own = grid.branch_id or grid.root_id
        for place in {grid.pk, own}:
            found[place or 0].append((grid.pk, False))
        if grid.root_id != own:
            found[grid.root_id or 0].append((grid.pk, True))
    groups = Node.objects.filter(parent__in=by_grid, kind=Kind.GROUP, closed_on=None)
    for group, parent in groups.values_list("pk", "parent_id"):
        found[group].append((parent or 0, False))
    return found


def _holder(
    person: int,
    facts: tuple[int | None, str, str],
    contact: StaffContact | None,
    posts: list[tuple[str, str]],
) -> Holder:
    root, name, phone = facts
    work_phone = contact.work_phone if contact else ""
    return Holder(
        person=person,
        root=root,
        name=name,
        phone=work_phone or phone,
        work_phone=work_phone,
        photo=contact.photo if contact else "",
        photo_sha256=contact.photo_sha256 if contact else "",
        posts=tuple(sorted(posts, key=lambda post: _RANK[Role(post[0])])),
    )


def _rank(posts: Sequence[tuple[str, str]]) -> int:
    return min(_RANK[Role(role)] for role, _ in posts)


def contacts_of(people: Collection[int]) -> dict[int, StaffContact]:
    """Pictures and numbers for work by person."""
    return {one.person_id: one for one in StaffContact.objects.filter(person_id__in=people)}


def hotlines(nodes: Sequence[Node]) -> dict[int, str]:
    """监督电话 by node: the village's own, else the township's."""
    townships = {node.township_id for node in nodes}
    rows = Hotline.objects.filter(township_id__in=townships).values_list("township_id", "root_id", "phone")
    found: dict[tuple[int, int | None], str] = {(township, root): phone for township, root, phone in rows}
    return {
        node.pk: found.get((node.township_id, node.root_id)) or found.get((node.township_id, None), "")
        for node in nodes
    }
