"""Putting on record, withdrawing with a reason, and seats of the leading group: entered, moved, ended."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from grids import access
from grids.actions.refusals import in_words
from grids.models import Node
from reports.models import LeadingMember, RecordFiling
from reports.records.queries import leading_group, person_of
from township import audit, history
from township.attachments.keeping import put
from township.attachments.reading import Attachment
from township.choices import Deed
from township.models import Attached, User

FIELDS = ("kind", "number", "filed_on", "title", "note")


def require_place(by: User, root: Node | None) -> None:
    """A village's record is written by whoever may change the village, the township's own by the office."""
    if root is None:
        access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    else:
        access.require_edit(by, root)


@in_words("这个备案号已经登记过。")
@history.acts("登记备案")
def put_on_record(
    *, root: Node | None, data: Mapping[str, Any], attachment: Attachment | None, by: User
) -> RecordFiling:
    """A new 备案 with its file."""
    require_place(by, root)
    made = RecordFiling(township=by.township, root=root, **{name: data[name] for name in FIELDS})
    made.full_clean()
    put(made, attachment)
    history.save(made, by=by, reason="登记备案")
    audit.record(by=by, deed=Deed.CREATE, target=f"备案：{made}")
    return made


@in_words("这个备案号已经登记过。")
@history.acts("修改备案")
def correct(
    *, record: RecordFiling, data: Mapping[str, Any], attachment: Attachment | None, by: User
) -> RecordFiling:
    """What was typed wrongly; a new file takes the place of the earlier one, which stays in the history."""
    require_place(by, record.root)
    if record.withdrawn_on is not None:
        raise ValidationError("这条备案已撤销，不能再改。")
    for name in FIELDS:
        setattr(record, name, data[name])
    record.full_clean()
    put(record, attachment)
    history.save(record, by=by, reason="修改备案", fields=[*FIELDS, *Attached.FILE_FIELDS])
    audit.record(by=by, deed=Deed.CHANGE, target=f"备案：{record}")
    return record


@transaction.atomic
@history.acts("撤销备案")
def withdraw(*, record: RecordFiling, reason: str, today: date, by: User) -> RecordFiling:
    """It no longer counts; the row and its file stay."""
    require_place(by, record.root)
    if record.withdrawn_on is not None:
        raise ValidationError("这条备案已经撤销。")
    record.withdrawn_on, record.withdrawn_why = today, reason
    history.save(record, by=by, reason=reason, fields=["withdrawn_on", "withdrawn_why"])
    audit.record(by=by, deed=Deed.CLOSE, target=f"备案：{record}", note=reason)
    return record


# --- the leading group ------------------------------------------------------------------------------


def _require_office(by: User) -> int:
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    if by.township_id is None:
        raise PermissionDenied("您的账号不属于任何乡镇。")
    return by.township_id


@in_words("名单里已有这个人。")
@history.acts("登记领导小组成员")
def seat(*, year: int, data: Mapping[str, Any], by: User) -> LeadingMember:
    """A new seat, last of its duty."""
    township_id = _require_office(by)
    last = LeadingMember.objects.filter(township_id=township_id, year=year).aggregate(Max("position"))
    made = LeadingMember(
        township_id=township_id,
        year=year,
        position=(last["position__max"] or 0) + 1,
        person=person_of(township_id, data["name"]),
        **data,
    )
    made.full_clean()
    history.save(made, by=by, reason="登记领导小组成员")
    audit.record(by=by, deed=Deed.CREATE, target=f"领导小组：{made}")
    return made


@in_words("名单里已有这个人。")
@history.acts("修改领导小组成员")
def reseat(*, member: LeadingMember, data: Mapping[str, Any], by: User) -> LeadingMember:
    """Correct a seat."""
    township_id = _require_office(by)
    if member.name != data["name"]:
        member.person = person_of(township_id, data["name"])
    for name, value in data.items():
        setattr(member, name, value)
    member.full_clean()
    history.save(member, by=by, reason="修改领导小组成员")
    audit.record(by=by, deed=Deed.CHANGE, target=f"领导小组：{member}")
    return member


@transaction.atomic
@history.acts("调整领导小组排序")
def shift(*, member: LeadingMember, up: bool, by: User) -> None:
    """Change places with the neighbour of the same duty; the first does not go up."""
    _require_office(by)
    rows = list(leading_group(by, member.year).filter(duty=member.duty))
    at = next((i for i, row in enumerate(rows) if row.pk == member.pk), None)
    there = -1 if at is None else at - 1 if up else at + 1
    if at is None or not 0 <= there < len(rows):
        return
    rows[at], rows[there] = rows[there], rows[at]
    for number, row in enumerate(rows, 1):
        row.position = number
    history.update_all(LeadingMember, rows, ["position"], by=by, reason="调整排序")


@transaction.atomic
@history.acts("调出领导小组")
def leave(*, member: LeadingMember, reason: str, today: date, by: User) -> LeadingMember:
    """The seat ends; the row stays."""
    _require_office(by)
    if member.left_on is not None:
        raise ValidationError("这个人已经调出领导小组。")
    member.left_on, member.left_why = today, reason
    history.save(member, by=by, reason=reason, fields=["left_on", "left_why"])
    audit.record(by=by, deed=Deed.CLOSE, target=f"领导小组：{member}", note=reason)
    return member


@in_words("名单刚被别人改过，请刷新后再复制。")
@history.acts("由上年复制领导小组")
def copy_group(*, source: int, year: int, by: User) -> int:
    """Everybody who sat in it at the end of an earlier year, into a year that has nobody yet."""
    _require_office(by)
    if leading_group(by, year).exists():
        raise ValidationError(f"{year}年已有名单，不能再复制。")
    rows = [
        LeadingMember(
            township_id=row.township_id,
            year=year,
            duty=row.duty,
            name=row.name,
            unit_post=row.unit_post,
            person_id=row.person_id,
            position=row.position,
        )
        for row in leading_group(by, source)
    ]
    history.create_all(LeadingMember, rows, by=by, reason=f"由{source}年复制")
    audit.record(by=by, deed=Deed.CREATE, target=f"领导小组：{year}年，由{source}年复制", rows=len(rows))
    return len(rows)
