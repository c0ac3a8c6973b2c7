"""Accepted rows become links: moves in the tree for E3 to E5, contacts for E0 to E2, all or none."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError

from grids import access, tree
from grids.actions.refusals import in_words
from grids.models import MemberProfile, Node
from liaison import actions as contacts
from liaison.choices import TREE_EDGES, Edge
from liaison.models import Contact, Proposal, ProposalRow
from liaison.proposals.rules import HOLDER_KIND, REASON_WORDS
from township.acting import current_action_id
from township.models import User

MOST_NAMED = 5


def take_over(*, proposal: Proposal, rows: Sequence[ProposalRow], by: User, today: date) -> int:
    """Write the rows' new links; each row is held against what stands now. Returns how many changed."""
    if proposal.edge in TREE_EDGES:
        number = _in_tree(proposal, rows, by, today)
    else:
        number = _as_contacts(proposal, rows, by, today)
    for row in rows:
        row.action_id = current_action_id()
    return number


def _in_tree(proposal: Proposal, rows: Sequence[ProposalRow], by: User, today: date) -> int:
    ids = {row.target_id for row in rows} | {row.new_node_id for row in rows if row.new_node_id}
    roots = set(Node.objects.filter(pk__in=ids).values_list("root_id", flat=True))
    with in_words(), tree.tree_write(lambda: roots):
        fresh = Node.objects.select_related("parent", "group", "grid").in_bulk(ids)
        said = [text for row in rows if (text := _why_not(proposal, row, fresh))]
        said += _unable(proposal, rows, today)
        _refuse(said)
        for node in fresh.values():
            access.require_edit(by, node)
        reason = f"编排建议{proposal.pk}"
        for why in sorted({row.reason for row in rows}):
            same = [row for row in rows if row.reason == why]
            placements = [(fresh[row.target_id], to) for row in same if (to := _goes_to(row, fresh))]
            words = REASON_WORDS.get(why, "")
            tree.place(placements=placements, by=by, reason=f"{reason}：{words}"[:100], on=today)
    return len(rows)


def _goes_to(row: ProposalRow, fresh: dict[int, Node]) -> Node | None:
    """The new holder; a link that is only ended leaves the target in its group or grid."""
    if row.new_node_id is not None:
        return fresh[row.new_node_id]
    target = fresh[row.target_id]
    return target.group or target.grid


def _why_not(proposal: Proposal, row: ProposalRow, fresh: dict[int, Node]) -> str:
    """A sentence when the row no longer fits what stands; '' when it does."""
    target, holder = fresh[row.target_id], HOLDER_KIND[proposal.edge]
    if target.closed_on is not None:
        return f"{target.name}已注销"
    now = target.parent_id if target.parent is not None and target.parent.kind == holder else None
    if now != row.old_node_id:
        return f"{target.name}已改由{target.parent}联系" if now else f"{target.name}已没有联系人"
    if row.new_node_id is None:
        return ""
    to = fresh[row.new_node_id]
    return f"{to.name}已注销" if to.closed_on is not None else ""


def _unable(proposal: Proposal, rows: Sequence[ProposalRow], today: date) -> list[str]:
    """Members who cannot serve any more since the proposal was made."""
    if proposal.edge != Edge.MEMBER:
        return []
    profiles = MemberProfile.objects.filter(node__in={row.new_node_id for row in rows if row.new_node_id})
    left = [one for one in profiles.select_related("node") if one.is_floating or not one.can_serve(today)]
    wanted = Counter(row.new_node_id for row in rows)
    return [f"{one.node.name}已不能履职（{wanted[one.node_id]}户要改给别人）" for one in left]


def _refuse(said: Sequence[str]) -> None:
    if said:
        more = f"等{len(said)}处" if len(said) > MOST_NAMED else ""
        told = "；".join(said[:MOST_NAMED])
        raise ValidationError(f"没有采纳：编排以后情况变了，{told}{more}。请先“重新编排”。")


def _as_contacts(proposal: Proposal, rows: Sequence[ProposalRow], by: User, today: date) -> int:
    """End the contact of before and begin the proposed one."""
    level = proposal.edge
    open_ones = {
        (line.target_id, line.holder_id): line
        for line in Contact.objects.filter(
            level=level, until=None, target__in=[row.target_id for row in rows]
        ).select_related("target", "holder")
    }
    held = {target for target, _ in open_ones}
    said = []
    for row in rows:
        gone = row.old_person_id is not None and (row.target_id, row.old_person_id) not in open_ones
        if gone or (row.old_person_id is None and row.target_id in held):
            said.append(f"{row.target.name}的包挂已变")
    _refuse(said)
    for row in rows:
        line = open_ones.get((row.target_id, row.old_person_id or 0))
        if line is not None:
            contacts.end_contact(contact=line, until=max(today, line.since or today), by=by)
        if row.new_person is not None:
            contacts.begin_contact(
                level=level,
                holder=row.new_person,
                target=row.target,
                since=today,
                remark="",
                by=by,
                today=today,
            )
    return len(rows)
