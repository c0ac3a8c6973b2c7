"""What is done in supervision: a row kept, a meeting held, a finding moved on, last year's list copied."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models

from grids import access
from grids.actions.refusals import checked, in_words
from grids.models import Node
from reports.filing.queries import roles_of
from reports.models import (
    Campaign,
    CaseEntry,
    DutyItem,
    Inspection,
    PlanTarget,
    ReviewFinding,
    ReviewMeeting,
)
from reports.supervision.choices import FindingState
from reports.supervision.numbers import numbers_on
from reports.supervision.queries import secretary_names
from reports.supervision.rules import FINDING, TIME_TO_MEND, in_year
from township import audit, history
from township.attachments.keeping import put
from township.attachments.reading import Attachment
from township.choices import Deed
from township.lifecycle import move
from township.models import Township, User

BY_VILLAGES = (DutyItem, PlanTarget, CaseEntry)  # a secretary keeps these for the own village too
AGAIN = "同样的一条刚才已经登记过。"


def require_write(by: User, model: type[models.Model], root: Node | None) -> None:
    """The office writes everywhere; a secretary in the own village, in the books villages keep."""
    if root is None or model not in BY_VILLAGES:
        access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    if root is not None:
        access.require_edit(by, root)


def may_write(by: "User | Any", model: type[models.Model], root: Node | None) -> bool:
    """What `require_write` says, for a page that shows or leaves out a button."""
    try:
        require_write(by, model, root)
    except PermissionDenied:
        return False
    return True


def called(row: models.Model) -> str:
    """The row as the log names it."""
    place = getattr(row, "place", "")
    return f"{row._meta.verbose_name} {place} {row}（编号 {row.pk}）"


def create(
    *,
    model: type[Any],
    township: Township,
    data: Mapping[str, Any],
    by: User,
    attachment: Attachment | None = None,
) -> Any:
    """A new row of a book; one sent twice is made once."""
    root = data.get("root")
    require_write(by, model, root)
    title = f"登记{model._meta.verbose_name}"
    with history.action(by=by, title=title), in_words("这一条刚才已经登记过。"):
        Township.objects.select_for_update().get(pk=township.pk)  # of two at once the second finds the first
        if model.objects.filter(township=township, **data).exists():
            raise ValidationError(AGAIN)
        row = model(township=township, **data)
        put(row, attachment)
        checked(row)
        history.save(row, by=by, reason=title)
        audit.record(by=by, deed=Deed.CREATE, target=called(row))
    return row


def change(*, row: Any, data: Mapping[str, Any], by: User, attachment: Attachment | None = None) -> Any:
    """Correct a row; who moves it to another village must be free to write in both."""
    require_write(by, type(row), row.root)
    require_write(by, type(row), data.get("root", row.root))
    title = f"修改{row._meta.verbose_name}"
    with history.action(by=by, title=title), in_words():
        for name, value in data.items():
            setattr(row, name, value)
        put(row, attachment)
        checked(row)
        history.save(row, by=by, reason=title)
        audit.record(by=by, deed=Deed.CHANGE, target=called(row))
    return row


# --- meetings ---------------------------------------------------------------------------------------


def keep_meeting(
    *,
    campaign: Campaign,
    meeting: ReviewMeeting | None,
    data: Mapping[str, Any],
    by: User,
    today: date,
    attachment: Attachment | None = None,
) -> ReviewMeeting:
    """Prepare or correct a meeting; when it has been held the numbers of its day are kept with it."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    row = meeting or ReviewMeeting(campaign=campaign)
    was = (row.held, row.day)
    for name, value in data.items():
        setattr(row, name, value)
    if row.held and row.day > today:
        raise ValidationError({"held": "会议日期还没有到，不能登记为已经召开。"})
    if not row.held:
        row.numbers = {}
    elif was != (True, row.day):
        row.numbers = numbers_on(campaign, row.day, today=today)
    title = "修改推进例会" if meeting else "登记推进例会"
    with history.action(by=by, title=title), in_words("这一次例会刚才已经登记过。"):
        put(row, attachment)
        checked(row)
        history.save(row, by=by, reason=title)
        audit.record(by=by, deed=Deed.CHANGE if meeting else Deed.CREATE, target=called(row))
    return row


# --- findings ---------------------------------------------------------------------------------------


def take_step(*, finding: ReviewFinding, code: str, text: str, day: date, by: User) -> ReviewFinding:
    """One step of the table. Raises NotAllowed, PermissionDenied, ValidationError."""
    assert finding.root is not None  # noqa: S101 (the database holds it)
    roles = roles_of(by, finding.root)
    if not roles:
        raise PermissionDenied("您只能查看，不能处理这个村的问题。")
    step = FINDING.step(code)
    with history.action(by=by, title=f"问题{step.title}", reason=text), in_words():
        row = ReviewFinding.objects.select_for_update(of=("self",)).select_related("root").get(pk=finding.pk)
        move(row, FINDING, code, roles=roles, text=text)
        if day < row.raised_on:
            raise ValidationError({"day": f"日期不能早于提出问题的 {row.raised_on:%Y-%m-%d}。"})
        if code == "rectify":
            row.rectified, row.rectified_on = text, day
        else:
            row.recheck, row.rechecked_on = text, day
            row.reopened += row.state == FindingState.OPEN
        checked(row)
        history.save(row, by=by, reason=step.title)
        audit.record(by=by, deed=Deed.CHANGE, target=f"{step.title}：{called(row)}", note=text)
    return row


@history.acts("由督查转为问题")
def from_inspection(*, inspection: Inspection, by: User, today: date) -> ReviewFinding:
    """What an inspection found becomes a finding with a month to mend it; a second click finds the first."""
    if inspection.root is None:
        raise ValidationError("全乡的督查不能转为某个村的问题，请直接登记问题。")
    require_write(by, ReviewFinding, inspection.root)
    with in_words():
        seen = Inspection.objects.select_for_update().get(pk=inspection.pk)
        problem = seen.found or seen.looked_at
        known = ReviewFinding.objects.filter(inspection=seen, problem=problem).first()
        if known is not None:
            return known
        root_id = inspection.root.pk
        row = ReviewFinding(
            township_id=seen.township_id,
            root=inspection.root,
            inspection=seen,
            project="督查",
            problem=problem,
            owner=secretary_names([root_id], on=today).get(root_id, "村党组织"),
            raised_on=seen.day,
            due_on=max(seen.day, today) + TIME_TO_MEND,
        )
        checked(row)
        history.save(row, by=by, reason="由督查转为问题")
        audit.record(by=by, deed=Deed.CREATE, target=called(row), note="由督查转来")
        return row


# --- last year's list -------------------------------------------------------------------------------

COPIED: Mapping[type[models.Model], tuple[str, ...]] = {
    DutyItem: ("matter", "owner", "clause"),
    PlanTarget: ("code", "name", "number", "measure", "owner"),
}


def copy_year(*, model: type[Any], township: Township, year: int, by: User) -> int:
    """Rows of the year before, open again and a year later; what the year already has stays single."""
    names = COPIED[model]
    title = f"由{year - 1}年复制{model._meta.verbose_name}"
    with history.action(by=by, title=title), in_words():
        Township.objects.select_for_update().get(pk=township.pk)
        rows = model.objects.visible_to(by).filter(year=year - 1).select_related("root").order_by("pk")
        mine = [row for row in rows if may_write(by, model, row.root)]
        if not mine:
            raise ValidationError(f"{year - 1}年没有可以复制的。")
        known = set(
            model.objects.filter(township=township, year=year).values_list("root_id", names[0], names[1])
        )
        fresh = [
            model(
                township=township,
                root=row.root,
                year=year,
                due_on=in_year(row.due_on, year) if row.due_on else None,
                **{name: getattr(row, name) for name in names},
            )
            for row in mine
            if (row.root_id, getattr(row, names[0]), getattr(row, names[1])) not in known
        ]
        history.create_all(model, fresh, by=by, reason=title)
        audit.record(by=by, deed=Deed.CREATE, target=title, rows=len(fresh))
    return len(fresh)
