"""What is done with ratios: six set for a year, a range given to one holder, exceptions decided on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from grids import access
from grids.access import Right
from grids.actions.refusals import ChangedMeanwhile, check_seen, checked, in_words
from grids.choices import BandCode, Kind
from grids.models import BandException, BandRule, Node, PersonalBand
from grids.queries.bands import bands_in_force
from grids.queries.changes import version_of
from grids.queries.places import profile_of, standing_of
from grids.rules import OWN_BAND, PRESET, Band, Bands
from liaison.bands.rules import ACCEPTABLE, BY_COMMITTEE, NO_HEALTH, differences, tells_health
from township import audit, history
from township.choices import Deed

if TYPE_CHECKING:
    from township.models import User

FIELDS = ("low", "high", "hard", "mode", "scope", "clause", "quote")


# --- the ratios of a year ---------------------------------------------------------------------------


@history.acts("修改比例区间")
def set_bands(*, year: int, bands: Bands, seen: str, today: date, by: "User") -> list[BandRule]:
    """Write all six ratios of this year or the next; `seen` is the seal of what the preview showed as old."""
    access.require(by, Right.EDIT_TOWN_CONTACTS)
    if year not in (today.year, today.year + 1):
        raise ValidationError("只能修改今年和明年的比例区间。")
    with in_words("别人刚刚也在修改这一年的比例区间，没有保存，请核对后再试。"):
        rows = {
            row.code: row
            for row in BandRule.objects.select_for_update().filter(township=by.township, year=year)
        }
        old = bands_in_force(by.township_id, year=year)
        if seal_of(old) != seen:
            raise ChangedMeanwhile
        said = [words for code in BandCode for words in differences(old[code], bands[code])]
        if not said and len(rows) == len(BandCode):
            raise ValidationError("没有改动，不用保存。")
        new = [BandRule(township=by.township, year=year, code=code) for code in BandCode if code not in rows]
        changed = [row for code, row in rows.items() if differences(old[code], bands[code])]
        for row in (*new, *changed):
            _fill(row, bands[row.code])
            checked(row)
        history.create_all(BandRule, new, by=by)
        history.update_all(BandRule, changed, FIELDS, by=by)
        note = "；".join(said) or "沿用原来的区间"
        audit.record(
            by=by, deed=Deed.CHANGE, target=f"{year}年度比例区间", rows=len(new + changed), note=note
        )
        return new + changed


def _fill(row: BandRule, band: Band) -> None:
    for name in FIELDS:
        setattr(row, name, getattr(band, name))


def seal_of(bands: Bands) -> str:
    """A mark of the ratios a preview was made from: when anybody changes one of them, it is another one."""
    return "|".join(",".join(str(getattr(bands[code], name)) for name in FIELDS) for code in BandCode)


# --- ranges of single holders -----------------------------------------------------------------------


def _refuse_health(field: str, text: str) -> None:
    if tells_health(text):
        raise ValidationError({field: NO_HEALTH})


@history.acts("登记个人区间")
def begin_own_band(*, node: Node, data: Mapping[str, Any], by: "User") -> PersonalBand:
    """A range of its own for a member, hub or group; `data` as the fields of the model."""
    access.require_edit(by, node)
    if node.kind not in OWN_BAND:
        raise ValidationError("个人区间只给党员、中心户（示范岗）和党小组。")
    if not node.is_open:
        raise ValidationError(f"“{node.name}”已注销。")
    return _write_own_band(PersonalBand(node=node), data, deed=Deed.CREATE, by=by)


@history.acts("修改个人区间")
def change_own_band(*, band: PersonalBand, data: Mapping[str, Any], seen: str, by: "User") -> PersonalBand:
    """Other numbers, another reason, other days; `seen` as in check_seen."""
    access.require_edit(by, band.node)
    with in_words():
        fresh = PersonalBand.objects.select_for_update().get(pk=band.pk)
        check_seen(seen, lambda: version_of(fresh))
        return _write_own_band(fresh, data, deed=Deed.CHANGE, by=by)


def _write_own_band(band: PersonalBand, data: Mapping[str, Any], *, deed: Deed, by: "User") -> PersonalBand:
    _refuse_health("note", str(data.get("note", "")))
    with in_words("已有正在执行的个人区间，请先结束它。"):
        Node.objects.select_for_update().get(pk=band.node_id)  # two at once come one after the other
        for name, value in data.items():
            setattr(band, name, value)
        checked(band)
        _refuse_overlap(band)
        history.save(band, by=by)
        audit.record(by=by, deed=deed, target=f"个人区间 {band}（编号 {band.pk}）", note=band.note)
        return band


def _refuse_overlap(band: PersonalBand) -> None:
    """Two ranges of one holder never hold on the same day."""
    others = PersonalBand.objects.filter(node_id=band.node_id).exclude(pk=band.pk)
    if band.since is not None:
        others = others.filter(Q(until__isnull=True) | Q(until__gt=band.since))
    if band.until is not None:
        others = others.filter(Q(since__isnull=True) | Q(since__lt=band.until))
    if (other := others.first()) is not None:
        since = f"{other.since:%Y-%m-%d}" if other.since else "以前"
        until = f"{other.until:%Y-%m-%d}" if other.until else "现在"
        raise ValidationError({"since": f"与另一条个人区间（{since}至{until}）的日期重叠。"})


@history.acts("结束个人区间")
def end_own_band(*, band: PersonalBand, until: date, by: "User") -> PersonalBand:
    """From `until` on the township's ratio holds again."""
    access.require_edit(by, band.node)
    with in_words():
        fresh = PersonalBand.objects.select_for_update().get(pk=band.pk)
        if fresh.until is not None and fresh.until <= until:
            raise ValidationError({"until": f"这条个人区间到 {fresh.until:%Y-%m-%d} 已经结束。"})
        fresh.until = until
        checked(fresh)
        history.save(fresh, by=by, fields=["until"])
        audit.record(by=by, deed=Deed.CLOSE, target=f"个人区间 {fresh}（编号 {fresh.pk}）")
        return fresh


# --- exceptions -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Acceptable:
    """A ratio that can be excepted at a place, with how the place stands now where one number says it."""

    code: str
    words: str


def acceptable(node: Node, *, on: date) -> list[Acceptable]:
    """Ratios the place lies outside of now, and those of its committee, which no single number tells."""
    marks = standing_of(node, profile_of(node), on=on).marks
    outside = {str(mark.band.code): mark.note for mark in marks if mark.state != "ok"}
    named = {code: PRESET[code].title for code in ACCEPTABLE.get(node.kind, ())}
    return [
        Acceptable(code, f"{title}（{outside[code]}）" if code in outside else title)
        for code, title in named.items()
        if code in outside or code in BY_COMMITTEE
    ]


@history.acts("申请比例例外")
def ask_exception(
    *, node: Node, code: str, reason: str, until: date, today: date, by: "User"
) -> BandException:
    """Ask the office to accept that a place lies outside a ratio until a day; it holds once confirmed."""
    access.require_edit(by, node)
    _refuse_health("reason", reason)
    if until < today:
        raise ValidationError({"until": "有效期要到今天或以后。"})
    if not node.is_open:
        raise ValidationError(f"“{node.name}”已注销。")
    with in_words():
        Node.objects.select_for_update().get(pk=node.pk)  # two requests at once ask one after the other
        _refuse_twice(node, code, today)
        if code not in {one.code for one in acceptable(node, on=today)}:
            raise ValidationError({"code": "这里现在没有超出这项比例，不用申请例外。"})
        asked = BandException(node=node, code=code, reason=reason, until=until, asked_by=by)
        checked(asked)
        history.save(asked, by=by, reason=reason)
        audit.record(by=by, deed=Deed.CREATE, target=called(asked), note=reason)
        return asked


def _refuse_twice(node: Node, code: str, today: date) -> None:
    same = BandException.objects.filter(node=node, code=code)
    if same.standing(today).exists():
        raise ValidationError("这项例外已经认可，还在有效期内。")
    if same.waiting().filter(until__gte=today).exists():
        raise ValidationError("这项例外已经申请，正等待乡党政办认可。")


def called(exception: BandException) -> str:
    """The exception as the log names it."""
    return f"比例例外 {Kind(exception.node.kind).label} {exception}（编号 {exception.pk}）"


def _undecided(exception: BandException) -> BandException:
    fresh = BandException.objects.select_for_update().get(pk=exception.pk)
    if fresh.declined or fresh.confirmed_on:
        raise ValidationError("这项申请已经处理过了。")
    return fresh


@history.acts("认可比例例外")
def confirm_exception(*, exception: BandException, today: date, by: "User") -> BandException:
    """From now on and until its day the place counts as being in order."""
    access.require(by, Right.EDIT_TOWN_CONTACTS)
    with in_words():
        fresh = _undecided(exception)
        if fresh.until < today:
            raise ValidationError("申请的有效期已经过了，请重新申请。")
        fresh.confirmed_by, fresh.confirmed_on = by, today
        checked(fresh)
        history.save(fresh, by=by, fields=["confirmed_by", "confirmed_on"])
        audit.record(by=by, deed=Deed.CHANGE, target=called(fresh), note="认可")
        return fresh


@history.acts("不认可比例例外")
def decline_exception(*, exception: BandException, why: str, by: "User") -> BandException:
    """The place goes on counting as out of its ratio; whoever asked reads why."""
    access.require(by, Right.EDIT_TOWN_CONTACTS)
    with in_words():
        fresh = _undecided(exception)
        fresh.declined = why
        checked(fresh)
        history.save(fresh, by=by, reason=why, fields=["declined"])
        audit.record(by=by, deed=Deed.CHANGE, target=called(fresh), note=f"不认可：{why}")
        return fresh


WITHDRAWN = "申请已撤回"


@history.acts("提前结束比例例外")
def end_exception(*, exception: BandException, today: date, by: "User") -> BandException:
    """Before its day: a request is withdrawn, what has been accepted held for the last time yesterday."""
    access.require_edit(by, exception.node)
    with in_words():
        fresh = BandException.objects.select_for_update().get(pk=exception.pk)
        if fresh.declined or fresh.until < today:
            raise ValidationError("这项例外已经结束。")
        if fresh.confirmed_on is None:
            fresh.declined = WITHDRAWN
        else:
            fresh.until = today - timedelta(days=1)
        checked(fresh)
        history.save(fresh, by=by, fields=["declined", "until"])
        audit.record(by=by, deed=Deed.CLOSE, target=called(fresh))
        return fresh
