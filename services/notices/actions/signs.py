"""Boards and plates hung, plates numbered, cards handed out, prints noted down."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from grids import access
from grids.actions.refusals import checked, in_words
from grids.choices import Kind
from grids.models import HubProfile, Node
from services.models import CardIssue, Imprint, Sign
from services.notices.choices import KIND_OF, Notice
from services.notices.content import Content, facts
from services.notices.queries.small import bearers, contents, numbers_taken, unnumbered
from services.notices.rules import PLATE_LENGTH, next_numbers
from township import audit, history
from township.choices import Deed
from township.models import Township, User

ALL_IN_SIGHT = "选中的有一部分不归您管，或已经注销，没有保存。请刷新后重新勾选。"
AGAIN = "同样的一条刚才已经登记过。"


def chosen(*, notice: str, pks: Sequence[int], by: User) -> list[Node]:
    """The ticked places, all of which the user may edit; one that is not refuses the whole."""
    rows = Node.objects.editable_by(by).filter(pk__in=pks, kind=KIND_OF[Notice(notice)], closed_on=None)
    found = list(rows)
    if len(found) != len(set(pks)):
        raise ValidationError(ALL_IN_SIGHT)
    return found


@history.acts("登记制作和挂牌")
def register(*, notice: str, pks: Sequence[int], data: Mapping[str, Any], by: User) -> int:
    """The same facts for many boards or plates; what is left blank stays as it was."""
    given = {name: value for name, value in data.items() if value not in (None, "")}
    with in_words():
        nodes = chosen(notice=notice, pks=pks, by=by)
        held = {one.node_id: one for one in Sign.objects.select_for_update().filter(node__in=nodes)}
        fresh: list[Sign] = []
        old: list[Sign] = []
        for node in nodes:
            row = held.get(node.pk) or Sign(node=node)
            for name, value in given.items():
                setattr(row, name, value)
            row.made_on = row.made_on or row.hung_on  # what hangs has been made
            checked(row)
            (old if row.pk else fresh).append(row)
        history.create_all(Sign, fresh, by=by, reason="登记制作和挂牌")
        fields = sorted({*given, "made_on"})
        history.update_all(Sign, old, fields, by=by, reason="登记制作和挂牌")
        title = f"{Notice(notice).label}制作和挂牌"
        audit.record(by=by, deed=Deed.CHANGE, target=title, rows=len(nodes), note=_told(given))
    return len(nodes)


def _told(given: Mapping[str, Any]) -> str:
    titles = {field.name: field.verbose_name for field in Sign._meta.fields}
    return "，".join(f"{titles[name]} {value}" for name, value in given.items())


@history.acts("修改挂牌登记")
def change_sign(*, node: Node, data: Mapping[str, Any], by: User) -> Sign:
    """All that is registered of one board or plate."""
    access.require_edit(by, node)
    with in_words("别人刚登记过这块牌，请刷新后再看。"):
        row = Sign.objects.select_for_update().filter(node=node).first() or Sign(node=node)
        for name, value in data.items():
            setattr(row, name, value)
        row.made_on = row.made_on or row.hung_on
        checked(row)
        history.save(row, by=by, reason="修改挂牌登记")
        audit.record(by=by, deed=Deed.CHANGE, target=f"挂牌登记 {node}（编号 {node.pk}）")
    return row


@history.acts("编标识牌号")
def number_plates(*, village: Node, letters: str, by: User) -> list[str]:
    """Numbers for the village's hubs without one, after the highest there is."""
    access.require_edit(by, village)
    with in_words():
        Node.objects.select_for_update().get(pk=village.pk)  # of two at once the second counts on
        hubs = list(unnumbered(by, village))
        numbers = next_numbers(numbers_taken(village), len(hubs), prefix=letters)
        if numbers and len(numbers[-1]) > PLATE_LENGTH:
            raise ValidationError("编号太长，请缩短前缀。")
        for hub, number in zip(hubs, numbers, strict=True):
            hub.plate_no = number
        history.update_all(HubProfile, hubs, ["plate_no"], by=by, reason="编标识牌号")
        audit.record(by=by, deed=Deed.CHANGE, target=f"标识牌编号 {village}", rows=len(hubs))
    return numbers


@history.acts("记下付印内容")
def note_printed(*, notice: str, contents: Mapping[int, Content], by: User, on: date) -> int:
    """Keep as what was printed what each place's board, plate or card said then."""
    with in_words("别人刚付印过同样的内容，请刷新后再看。"):
        rows = Imprint.objects.select_for_update().filter(notice=notice, node__in=contents)
        held = {one.node_id: one for one in rows}
        fresh: list[Imprint] = []
        old: list[Imprint] = []
        for node, content in contents.items():
            row = held.get(node) or Imprint(node_id=node, notice=notice)
            row.printed_on, row.content = on, facts(content)
            (old if row.pk else fresh).append(row)
        history.create_all(Imprint, fresh, by=by, reason="付印")
        history.update_all(Imprint, old, ["printed_on", "content"], by=by, reason="付印")
    return len(contents)


@history.acts("登记重印")
def mark_reprinted(*, imprints: Sequence[int], by: User, on: date) -> int:
    """These have been made anew with what holds today; one that the user may not edit refuses the whole."""
    rows = Imprint.objects.filter(pk__in=imprints, node__closed_on=None)
    rows = rows.filter(node__in=Node.objects.editable_by(by))
    kinds: dict[str, list[int]] = {}
    for notice, node in rows.values_list("notice", "node_id"):
        kinds.setdefault(notice, []).append(node)
    if sum(map(len, kinds.values())) != len(set(imprints)):
        raise ValidationError(ALL_IN_SIGHT)
    with in_words():
        for notice, pks in kinds.items():
            nodes = list(bearers(notice, Node.objects.filter(pk__in=pks)))
            note_printed(notice=notice, contents=contents(notice, nodes, on=on), by=by, on=on)
        audit.record(by=by, deed=Deed.CHANGE, target="登记重印", rows=len(imprints))
    return len(imprints)


# --- cards handed out -------------------------------------------------------------------------------


@history.acts("登记联系卡发放")
def issue_cards(*, data: Mapping[str, Any], by: User) -> CardIssue:
    """One line of the register; one sent twice is made once."""
    _require_place(data["node"], by)
    with in_words():
        Township.objects.select_for_update().get(pk=data["node"].township_id)
        if CardIssue.objects.filter(**data).exists():
            raise ValidationError(AGAIN)
        row = CardIssue(**data)
        checked(row)
        history.save(row, by=by, reason="登记联系卡发放")
        audit.record(by=by, deed=Deed.CREATE, target=f"联系卡发放 {row}", rows=row.cards)
    return row


@history.acts("修改联系卡发放")
def change_issue(*, issue: CardIssue, data: Mapping[str, Any], by: User) -> CardIssue:
    """Correct a line."""
    _require_place(issue.node, by)
    _require_place(data["node"], by)
    with in_words():
        for name, value in data.items():
            setattr(issue, name, value)
        checked(issue)
        history.save(issue, by=by, reason="修改联系卡发放")
        audit.record(by=by, deed=Deed.CHANGE, target=f"联系卡发放 {issue}（编号 {issue.pk}）")
    return issue


def _require_place(node: Node, by: User) -> None:
    access.require_edit(by, node)
    if node.kind not in (Kind.GRID, Kind.GROUP):
        raise ValidationError({"node": "联系卡按网格或党小组登记发放。"})
