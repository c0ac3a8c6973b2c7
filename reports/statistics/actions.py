"""What is written for the statistics: corrected numbers, typed columns, and the form of the year."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from grids import access
from grids.actions.refusals import in_words
from grids.models import Node
from reports.filing.actions import require_role
from reports.filing.rules import EDITABLE
from reports.models import Campaign, Figure, Filing, Snapshot, StatisticsForm
from reports.statistics.indicators import column_title, correctable
from reports.statistics.layout import FormColumn
from reports.statistics.queries import layout_of
from township import audit, history
from township.choices import Deed
from township.lifecycle import NotAllowed
from township.models import Township, User

TAKEN = "别人刚填过这个数，请刷新后再填。"


def _require_open(campaign: Campaign, root: Node, by: User) -> None:
    """The village's own secretary or the office, while the filing is worked on."""
    require_role(by, root)
    filing = Filing.objects.select_for_update().filter(campaign=campaign, root=root).first()
    if filing is not None and filing.state not in EDITABLE:
        raise NotAllowed("已经审核或上报，不能再改附件1的数；请先退回修改。")


@in_words(TAKEN)
@history.acts("更正统计数")
def correct(*, campaign: Campaign, root: Node, code: str, number: int, reason: str, by: User) -> Figure:
    """Print another number than the computed one, with the reason; what is computed stays beside it."""
    _require_open(campaign, root, by)
    if not correctable(code):
        raise NotAllowed("这一栏不能更正：人口数、备注在党组织资料里改，覆盖率由两个数算出。")
    row = Figure.objects.filter(campaign=campaign, root=root, code=code).first()
    row = row or Figure(campaign=campaign, root=root, code=code)
    row.number, row.reason, row.by = number, reason, by
    row.full_clean()
    history.save(row, by=by, reason=reason)
    audit.record(
        by=by, deed=Deed.CHANGE, target=f"更正 {root.name} {column_title(code)}：{number}", note=reason
    )
    return row


@transaction.atomic
@history.acts("取消更正")
def take_back(*, figure: Figure, by: User) -> None:
    """The computed number holds again; the history keeps what was said and why."""
    _require_open(figure.campaign, figure.root, by)
    history.remove_all(Figure, [figure], by=by, reason="取消更正")
    target = f"取消更正 {figure.root.name} {column_title(figure.code)}"
    audit.record(by=by, deed=Deed.CHANGE, target=target)


@in_words(TAKEN)
@history.acts("填写统计表")
def type_in(*, campaign: Campaign, root: Node, typed: Mapping[str, int | str | None], by: User) -> None:
    """The typed columns of one village; an empty box takes its value out."""
    _require_open(campaign, root, by)
    known = {column.key for column in layout_of(campaign.township_id, campaign.year).extra}
    if not set(typed) <= known:
        raise ValidationError("表样刚改过，这一栏已不在表上，请刷新后再填。")
    there = {row.code: row for row in Figure.objects.filter(campaign=campaign, root=root, code__in=known)}
    history.remove_all(
        Figure, [there[key] for key, value in typed.items() if value in (None, "") and key in there],
        by=by, reason="清空",
    )  # fmt: skip
    for key, value in typed.items():
        row = there.get(key) or Figure(campaign=campaign, root=root, code=key)
        number, text = (value, "") if isinstance(value, int) else (None, value or "")
        if value in (None, "") or (row.pk and (row.number, row.text) == (number, text)):
            continue
        row.number, row.text, row.by = number, text, by
        row.full_clean()
        history.save(row, by=by, reason="填写统计表")


# --- the form of the year ---------------------------------------------------------------------------


@in_words("别人刚改过表样，请刷新后再改。")
@history.acts("修改统计表样")
def save_form(*, township: Township, year: int, columns: Sequence[FormColumn], by: User) -> StatisticsForm:
    """The columns of a year; a new version once something was filed under the old one."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    if not any(column.shown for column in columns):
        raise ValidationError("至少要显示一栏。")
    newest = (
        StatisticsForm.objects.select_for_update()
        .filter(township=township, year=year)
        .order_by("-version")
        .first()
    )
    if newest is None or _filed_under(newest):
        newest = StatisticsForm(township=township, year=year, version=newest.version + 1 if newest else 1)
    newest.columns = [vars(column) for column in columns]
    newest.by = by
    newest.full_clean()
    history.save(newest, by=by, reason="修改统计表样")
    audit.record(by=by, deed=Deed.CHANGE, target=f"统计表样：{newest}")
    return newest


def _filed_under(form: StatisticsForm) -> bool:
    """True when a village submitted since this version was last changed."""
    return Snapshot.objects.filter(
        filing__campaign__township_id=form.township_id,
        filing__campaign__year=form.year,
        taken_at__gte=form.at,
    ).exists()


def copy_form(*, campaign: Campaign, earlier: Campaign | None, by: User) -> None:
    """A new year begins with the form of the year before, where that was changed."""
    if earlier is None:
        return
    layout = layout_of(earlier.township_id, earlier.year)
    if layout.version:
        save_form(township=campaign.township, year=campaign.year, columns=layout.columns, by=by)
