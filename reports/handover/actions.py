"""What is done with a preset: made, changed, copied, and used to hand a file over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from grids import access
from grids.actions.refusals import in_words
from reports.annexes.actions import require_place
from reports.annexes.files import safe_name
from reports.choices import HandoverFormat, HandoverSource
from reports.exportlog.actions import Issued, Leaving, issue
from reports.exportlog.rules import foot_of
from reports.handover.files import Fault, content_of, table_of, unwritable
from reports.handover.rules import Chosen, chosen_of
from reports.handover.sources import Wanted, source_of
from reports.models import HandoverPreset
from township import audit, history
from township.choices import Deed
from township.models import Township, User

TAKEN = "已有同名的交换方案，请换一个名称。"
EXAMPLE: Mapping[str, Any] = {
    "name": "一表通（示例）",
    "receiver": "县级一表通平台",
    "source": HandoverSource.HOUSEHOLD,
    "file_format": HandoverFormat.CSV_UTF8,
    "is_example": True,
    "columns": [
        Chosen("village", "所属党组织").stored(),
        Chosen("villager_group", "组别").stored(),
        Chosen("name", "户主姓名").stored(),
        Chosen("size", "家庭人口").stored(),
        Chosen("linked_by", "联系党员").stored(),
        Chosen("since", "联系日期").stored(),
    ],
}


def _require(by: User) -> Township:
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    if by.township is None:
        raise PermissionDenied("您的账号不属于任何乡镇。")
    return by.township


@in_words(TAKEN)
@history.acts("新建交换方案")
def create(*, by: User, **values: Any) -> HandoverPreset:
    """A preset; without columns it begins with all that its source has."""
    preset = HandoverPreset(township=_require(by), **values)
    return _save(preset, by, Deed.CREATE)


@in_words(TAKEN)
@history.acts("修改交换方案")
def change(*, preset: HandoverPreset, by: User, columns: Sequence[Chosen], **values: Any) -> HandoverPreset:
    """Its settings and columns; once changed it is an example no more."""
    _require(by)
    for name, value in {**values, "columns": [one.stored() for one in columns], "is_example": False}.items():
        setattr(preset, name, value)
    return _save(preset, by, Deed.CHANGE)


@in_words(TAKEN)
@history.acts("复制交换方案")
def copy(*, preset: HandoverPreset, by: User) -> HandoverPreset:
    """The same under the next free name."""
    township = _require(by)
    taken = set(HandoverPreset.objects.filter(township=township).values_list("name", flat=True))
    base = f"{preset.name[:30]} 副本"
    name = next(
        one for n in range(1, len(taken) + 2) if (one := base if n == 1 else f"{base}{n}") not in taken
    )
    made = HandoverPreset(
        township=township,
        name=name,
        **{
            field: getattr(preset, field)
            for field in ("receiver", "source", "columns", "file_format", "header", "date_form")
        },
    )
    return _save(made, by, Deed.CREATE)


def _save(preset: HandoverPreset, by: User, deed: Deed) -> HandoverPreset:
    with transaction.atomic():
        preset.full_clean(exclude=["columns"])
        history.save(preset, by=by, reason=deed.label)
        audit.record(by=by, deed=deed, target=f"交换方案：{preset}")
    return preset


@dataclass(frozen=True)
class Refused:
    """Why there is no file: what the receiver could not read, by row and column."""

    unwritable: Sequence[Fault]
    uncoded: Sequence[Fault]


def hand_over(
    *, preset: HandoverPreset, wanted: Wanted, purpose: str, anyway: bool, request: HttpRequest
) -> Issued | Refused:
    """The file with its number, or what is in its way; values without a code can be let through."""
    by: User = wanted.user
    access.require(by, access.Right.EXPORT_ROSTER)
    require_place(wanted.organisation, by)
    source = source_of(preset.source, wanted)
    table = table_of(source.rows, chosen_of(preset.columns), preset.date_form)
    lost = unwritable(table, preset.file_format, header=preset.header)
    if lost or (table.uncoded and not anyway):
        return Refused(lost, () if anyway else table.uncoded)
    at = wanted.organisation
    suffix = "xlsx" if preset.file_format == HandoverFormat.XLSX else "csv"
    day = f"{wanted.today:%Y%m%d}"
    leaving = Leaving(
        township=preset.township,
        name=safe_name(preset.township.name, at.name if at else "", preset.name, day, suffix=suffix),
        table=f"交换文件 {preset.name}",
        format=suffix,
        rows=len(table.rows),
        purpose=purpose,
        organisation=at,
        note=f"交给{preset.receiver}" if preset.receiver else "",
    )

    def make(serial: str) -> bytes:
        return content_of(table, preset.file_format, header=preset.header, mark=foot_of(serial))

    return issue(leaving, make, by=by, request=request)
