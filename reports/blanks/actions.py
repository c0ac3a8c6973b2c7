"""A blank taken in, marked, mapped again from an earlier one, and taken away."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from grids import access
from grids.imports.reading.result import Limits, Refused
from reports.blanks.child import looks_in_child
from reports.blanks.codes import FORM, ROSTER_NAMES, cell_codes, roster_codes
from reports.blanks.kept import BLANKS
from reports.blanks.page import FORMULA, TEXT, Page, Place, address, fingerprint, pages_of
from reports.blanks.queries import earlier_of, marks_of
from reports.blanks.remapping import Mark
from reports.models import Blank, BlankMark
from township import audit
from township.choices import Deed
from township.models import Township, User


@dataclass(frozen=True)
class Wanted:
    """What a cell is to hold; with `roster` it is the head of a column that grows. "" takes the mark away."""

    code: str
    roster: int | None = None


# --- taking in ----------------------------------------------------------------------------------------


def keep(*, file: UploadedFile, title: str, year: int, by: User) -> Blank:
    """Read and keep a blank; the very same form as an earlier one takes its marks over at once."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    content, name = file.read(), str(file.name or "")[-200:]
    with tempfile.NamedTemporaryFile(prefix="blank-") as copy:
        copy.write(content)
        copy.flush()
        try:
            looks = looks_in_child(Path(copy.name), name=name, limits=Limits())
        except Refused as why:
            raise ValidationError({"file": str(why)}) from None
    kept = BLANKS.keep(content)
    try:
        with transaction.atomic():
            blank = Blank.objects.create(
                township=cast(Township, by.township),
                title=(title or Path(name).stem)[:60],
                year=year,
                file_name=name,
                kept_name=kept,
                fingerprint=fingerprint(pages_of(looks)),
                looks=looks,
                by=by,
            )
            audit.record(by=by, deed=Deed.CREATE, target=f"空表 {blank}", note=f"文件：{name}")
            earlier = earlier_of(blank)
            if earlier is not None and earlier.same:
                _write(blank, [change.new for change in earlier.changes if change.new])
    except BaseException:
        BLANKS.remove(kept)
        raise
    return blank


def remove(*, blank: Blank, by: User) -> None:
    """Take a blank away with its marks and its file."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    with transaction.atomic():
        audit.record(by=by, deed=Deed.CLOSE, target=f"空表 {blank}")
        kept = blank.kept_name
        blank.delete()
        transaction.on_commit(lambda: BLANKS.remove(kept))


# --- marking ------------------------------------------------------------------------------------------


def mark(*, blank: Blank, sheet: int, wanted: Mapping[Place, Wanted], by: User) -> int:
    """Say what cells of one sheet are for; returns how many changed. Raises ValidationError, then none is."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    with transaction.atomic():
        Blank.objects.select_for_update().get(pk=blank.pk)
        page = pages_of(blank.looks)[sheet]
        standing = {(one.row, one.column): one for one in blank.marks.filter(sheet=sheet)}
        kept = {place: Wanted(one.code, one.roster) for place, one in standing.items() if place not in wanted}
        after = kept | {place: one for place, one in wanted.items() if one.code}
        _refuse(page, {place: one for place, one in wanted.items() if one.code}, after)
        changed = [
            place
            for place, one in wanted.items()
            if one
            != (Wanted(standing[place].code, standing[place].roster) if place in standing else Wanted(""))
            and (one.code or place in standing)
        ]
        blank.marks.filter(pk__in=[standing[place].pk for place in changed if place in standing]).delete()
        _write(blank, [_mark(page, place, after[place]) for place in changed if place in after])
        if changed:
            places = "、".join(address(place) for place in changed[:20])
            note = f"{page.name}：{places}"
            audit.record(by=by, deed=Deed.CHANGE, target=f"空表 {blank}", rows=len(changed), note=note)
    return len(changed)


def take_over(*, blank: Blank, picked: set[int], by: User) -> int:
    """Take the earlier blank's marks where their labels were found again; `picked` counts changes shown."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    with transaction.atomic():
        Blank.objects.select_for_update().get(pk=blank.pk)
        earlier = earlier_of(blank)
        if earlier is None:
            raise ValidationError("没有可以沿用的往年空表。")
        found = [one.new for number, one in enumerate(earlier.changes) if number in picked and one.new]
        pages, taken = pages_of(blank.looks), {(one.sheet, one.row, one.column) for one in marks_of(blank)}
        fresh = [one for one in found if (one.sheet, *one.place) not in taken]
        for page in pages:
            wanted = {m.place: Wanted(m.code, m.roster) for m in fresh if m.sheet == page.number}
            kept = {
                (m.row, m.column): Wanted(m.code, m.roster) for m in marks_of(blank) if m.sheet == page.number
            }
            _refuse(page, wanted, kept | wanted)
        _write(blank, fresh)
        note = f"沿用 {earlier.blank} 的对应"
        audit.record(by=by, deed=Deed.CHANGE, target=f"空表 {blank}", rows=len(fresh), note=note)
    return len(fresh)


def _mark(page: Page, place: Place, one: Wanted) -> Mark:
    return Mark(page.number, place, one.roster, one.code, page.labels(place))


def _write(blank: Blank, marks: Sequence[Mark]) -> None:
    for one in marks:
        BlankMark.objects.create(
            blank=blank,
            sheet=one.sheet,
            row=one.place[0],
            column=one.place[1],
            roster=one.roster,
            code=one.code,
            row_label=one.labels.row if one.roster is None else "",
            column_label=one.labels.column,
        )


def _refuse(page: Page, wanted: Mapping[Place, Wanted], after: Mapping[Place, Wanted]) -> None:
    """Say which cell can't hold what was asked, and why."""
    rosters: dict[int, set[int]] = {}
    for (row, _), one in after.items():
        if one.roster is not None:
            rosters.setdefault(row, set()).add(one.roster)
    grown = {
        row: page.room(row, [place[1] for place, one in after.items() if place[0] == row and one.roster])
        for row in rosters
    }
    problems = [why for place, one in wanted.items() if (why := _fault(page, place, one))]
    problems += [
        f"第 {row} 行起的表格一次只能填一种花名册，请先取消原来的对应。"
        for row, found in rosters.items()
        if len(found) > 1
    ]
    for row, room in grown.items():
        inside = sorted(
            p for p, one in after.items() if row < p[0] < row + room or (p[0] == row and not one.roster)
        )
        if inside:
            problems.append(
                f"{address(inside[0])} 在从第 {row} 行往下填的表格里面，不能再单独对应，请先取消其中一个。"
            )
    if problems:
        raise ValidationError(problems[:5])


def _fault(page: Page, place: Place, one: Wanted) -> str:
    """Why one cell can't hold it; "" when it can."""
    at = address(place)
    codes = (
        cell_codes() if one.roster is None else roster_codes(one.roster) if one.roster in ROSTER_NAMES else {}
    )
    if one.code not in codes:
        return f"{at}：没有这个指标，请重新选择。"
    if not page.holds(place):
        return f"{at} 不在表格范围内，请重新选格。"
    if place in page.covered:
        return f"{at} 在合并单元格里面，请选左上角的 {address(page.covered[place])}。"
    if page.kind(place) == FORMULA:
        return f"{at} 是公式，打开时自己会算，不能填写。"
    if one.roster is not None:
        return (
            "" if page.room(place[0], [place[1]]) else f"第 {place[0]} 行不是空行，花名册不能从这里往下填。"
        )
    if page.kind(place) == TEXT:
        fits = page.is_open_label(place) and codes[one.code].group == FORM
        return "" if fits else f"{at} 已有文字“{page.text(place)[:20]}”，不能填写。"
    return ""
