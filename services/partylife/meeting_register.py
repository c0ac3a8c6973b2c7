"""Meetings as a register: a workbook in and out, by the form and the action of their pages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.timezone import localdate

from grids.choices import ROOT_KINDS, Kind
from grids.imports.planning.keys import branch_core, group_key
from grids.ledgers.columns import LedgerColumn, day, name, number, prose
from grids.ledgers.ledger import KNOWN, TWICE
from grids.models import Node
from grids.registers.columns import Choice, Choices
from grids.registers.desk import Desk
from grids.registers.forms import fit, read_cells, run
from grids.registers.merging import Past
from grids.registers.register import Register, register
from grids.registers.rows import Held, Line
from grids.registers.spots import FIELDS, Spot, by_kind, labelled
from grids.registers.versions import Records, last_numbers, lock, token
from services.models import MeetingAttendance, PartyMeeting
from services.models.partylife import MeetingQuerySet, led_groups
from services.partylife import absentees
from services.partylife.actions import keep_meeting
from services.partylife.choices import Absence, MeetingKind
from services.partylife.forms import FILE, MeetingForm, kinds_of
from services.partylife.queries import BETWEEN, UNIT_KINDS, unit_path, whole_path
from services.partylife.rolls import Rolls

if TYPE_CHECKING:
    from township.models import User

BOUND = "已登记的会议不能改{}；如果是另一次会议，请清空这一行的系统编号，作为新的一行。"
OTHER_WORDS = {
    MeetingKind.ASSEMBLY: ("支部党员大会",),
    MeetingKind.COMMITTEE: ("支部委员会", "支部委员会会议", "支委会会议"),
    MeetingKind.GROUP: ("小组会", "党小组会议"),
    MeetingKind.LECTURE: ("上党课",),
    MeetingKind.ORG_LIFE: ("组织生活", "专题组织生活会"),
    MeetingKind.THEME_DAY: ("主题党日活动", "党日活动"),
}


def units(desk: Desk) -> Choices:
    """Organisations and groups of the village; a group is also meant by its grid, and by the whole path."""
    root = desk.place.root or desk.place
    spots = _spots(desk)
    names = {root.pk: root.name} | {pk: spot.name for pk, spot in spots.items()}

    def words(spot: Spot) -> tuple[str, ...]:
        above = [names[pk] for pk in (spot.root_id, spot.branch_id) if pk in names and pk != spot.pk]
        tops = [*above, *map(branch_core, above)]  # 甲村 is 甲村党支部
        paths = [unit_path(*above, spot.name), *(BETWEEN.join((top, spot.name)) for top in tops)]
        short = names.get(spot.grid_id or 0, "") if spot.kind == Kind.GROUP else branch_core(spot.name)
        return (*paths, *filter(None, [short]))

    return labelled(by_kind(spots, *UNIT_KINDS), spots, _unit_key, words)


def _spots(desk: Desk) -> dict[int, Spot]:
    """Places of the village the user may edit, and groups the user leads there."""
    if "spots" not in desk.memory:
        led = Node.objects.filter(pk__in=led_groups(desk.user, on=desk.today), root_id=desk.root_id)
        desk.memory["spots"] = desk.spots | {row[0]: Spot(*row) for row in led.values_list(*FIELDS)}
    found: dict[int, Spot] = desk.memory["spots"]
    return found


def _unit_key(text: str) -> str:
    """第1党小组 is 第一党小组, behind a path too; branches are called by their names."""
    *above, last = "".join(text.split()).split("·")
    return "·".join([*above, last if last.endswith(("支部", "总支")) else group_key(last)])


def _kinds(_: Desk) -> Choices:
    """As the template shows them: an assembly of the branch, a meeting of a group."""
    first = (MeetingKind.ASSEMBLY, MeetingKind.GROUP)
    order = (*first, *(kind for kind in MeetingKind if kind not in first))
    return Choices(tuple(Choice(kind.label, kind.value, OTHER_WORDS[kind]) for kind in order))


@dataclass(frozen=True)
class AbsentColumn(LedgerColumn):
    """Who was not there; 全勤 says that nobody was missing."""

    def read(self, cell: str, desk: Desk) -> str:
        """As typed; who is meant depends on the roll."""
        text = super().read(cell, desk)
        return "" if text in absentees.ALL_THERE else text


@dataclass(frozen=True)
class There:
    """Somebody on the list of a meeting, or who could be named for it."""

    pk: int
    name: str
    floating: bool = False
    absence: str | None = ""  # None: not on the list of the meeting, though on the roll


class Meetings(Register):
    """会议记录 of a village or of a branch; who is not named as absent was there."""

    code, title, unit, rank, room = "meetings", "会议记录", "次会议", 19, "partylife"
    place_kinds, list_name = (*ROOT_KINDS, Kind.GROUP), "services:party_meetings"
    by_file_only = over_villages = True
    names_village = "unit"
    advice = (
        "“缺席人员及原因”写成“张三（外出）、李四（请假）”；当天应到名单上没有写的都算到会，应到、实到由系统算。",
        "同一党组织、同一天、同类型、同议题的会议已经登记过的，显示为修改或不变，不会登记两次。",
        "从会议记录导出的 Excel 改好可以直接传回；表里有几个村的，另列一栏写村，或写成“村党支部 · 党小组”。",
    )
    columns = (
        LedgerColumn(
            "unit", "党组织（党小组）", ("党组织", "党支部", "党小组", "支部", "召开单位", "单位"),
            "choice", True, units, width=14, help="党小组会写党小组，其他会议写党支部",
        ),
        LedgerColumn("kind", "类型", ("会议类型", "会议类别", "活动类型"), "choice", True, _kinds),
        day(
            "day", "日期", ("时间", "会议时间", "召开时间", "会议日期", "活动时间"),
            required=True, is_past=True,
        ),
        prose("topic", "议题（主题）", 100, ("议题", "主题", "会议议题"), required=True, width=20),
        prose("venue", "地点", 40, ("会议地点", "活动地点")),
        name("host", "主持人（授课人）", ("主持人", "授课人", "主讲人")),
        name("recorder", "记录人"),
        number("observers", "列席人数", ("列席",), high=999),
        AbsentColumn(
            "absent", "缺席人员及原因", ("缺席人员", "缺席", "请假人员", "未到会人员"), width=20,
            help="没有写的都算到会；写成“张三（外出）、李四（请假）”，没有人缺席写“全勤”或空着",
            example="张三（外出）、李四（请假）",
        ),
        prose("decisions", "决议（要点）", 1000, ("决议", "要点", "议定事项", "会议要点"), width=30),
        number("due", "应到", ("应到人数", "应参会人数"), readonly=True, help="按应到名单算，不用填"),
        number(
            "present", "实到", ("实到人数", "到会人数", "参会人数"),
            readonly=True, help="按缺席人员算，不用填",
        ),
    )  # fmt: skip

    # --- who ----------------------------------------------------------------------------------------

    def may_load(self, user: "User | Any") -> bool:
        """Whoever enters meetings, leaders of groups too."""
        return super().may_load(user) or bool(led_groups(user, on=localdate()))

    def other_places(self, user: "User | Any") -> list[Node]:
        """The groups of a leader."""
        led = Node.objects.visible_to(user).open().filter(pk__in=led_groups(user, on=localdate()))
        return list(led.select_related("root").order_by("lft"))

    def allows(self, user: "User | Any", place: Node) -> bool:
        """Where the user enters at least meetings of a group."""
        return super().allows(user, place) or place.pk in led_groups(user, on=localdate())

    def require(self, user: "User | Any", place: Node) -> None:
        """The same."""
        if not self.allows(user, place):
            super().require(user, place)

    # --- rows ---------------------------------------------------------------------------------------

    def _here(self, desk: Desk) -> MeetingQuerySet:
        """Meetings of the place which the user may correct."""
        led = Q(kind=MeetingKind.GROUP, unit__in=led_groups(desk.user, on=desk.today))
        inside = Q(unit__root_id=desk.root_id)
        if desk.place.pk != desk.root_id:
            inside &= Q(unit=desk.place) | Q(unit__branch_id=desk.place.pk) | led
        own = Q(unit__in=Node.objects.editable_by(desk.user).order_by().values("pk"))
        return PartyMeeting.objects.visible_to(desk.user).filter(inside, own | led)

    def count(self, desk: Desk) -> int:
        """Meetings of the place."""
        return self._here(desk).count()

    def held(self, desk: Desk, ids: Iterable[int] | None = None) -> dict[int, Held]:
        """Meetings as they stand, the latest first, with who was not there."""
        rows = self._here(desk) if ids is None else self._here(desk).filter(pk__in=list(ids))
        found = list(rows.select_related("unit__root", "unit__branch").counted().order_by("-day", "-pk"))
        pks = [row.pk for row in found]
        away: dict[int, list[tuple[str, str]]] = defaultdict(list)
        missing = MeetingAttendance.objects.visible_to(desk.user).filter(meeting__in=pks).exclude(absence="")
        for meeting, who, why in missing.order_by("pk").values_list("meeting_id", "member__name", "absence"):
            away[meeting].append((who, why))
        last = last_numbers(PartyMeeting, "id", pks)
        there = last_numbers(MeetingAttendance, "meeting_id", pks)
        return {
            row.pk: self._held(desk, row, away[row.pk], token([last.get(row.pk), there.get(row.pk)]))
            for row in found
        }

    def _held(self, desk: Desk, row: PartyMeeting, away: list[tuple[str, str]], seen: str) -> Held:
        values = {one.key: getattr(row, one.key, None) for one in self.columns}
        values |= {"unit": row.unit_id, "absent": absentees.told(away)}
        cells = {one.key: one.show(values[one.key], desk) for one in self.columns}
        cells["unit"] = cells["unit"] or whole_path(row.unit)  # of a unit that is closed by now
        return Held(row.pk, values, cells, seen)

    def past(self, desk: Desk, wanted: Mapping[int, tuple[Held, str]]) -> dict[int, Past]:
        """Meetings as they were, with who was not there by then."""
        versions = {pk: (base, held.seen) for pk, (held, base) in wanted.items()}
        read = Records((PartyMeeting, MeetingAttendance), versions)
        away = self._away_at({pk: int(base.split(".")[-1]) for pk, (base, _) in versions.items()})
        found = {}
        for pk, (held, _) in wanted.items():
            row = read.then(pk)[0]
            then = {one.key: row.get("unit_id" if one.key == "unit" else one.key) for one in self.columns}
            then["absent"] = away.get(pk, "")
            cells = {
                one.key: held.cells[one.key]
                if one.readonly or then[one.key] == held.values[one.key]
                else one.show(then[one.key], desk)
                for one in self.columns
            }
            found[pk] = Past(cells if row else {}, *read.signed(pk))
        return found

    def _away_at(self, upto: Mapping[int, int]) -> dict[int, str]:
        """Who was not there, by meeting, as of a number of the history."""
        rows = MeetingAttendance.history.filter(
            meeting_id__in=upto, history_id__lte=max(upto.values(), default=0)
        )
        latest: dict[int, dict[int, Any]] = defaultdict(dict)
        for row in rows.order_by("history_id").values(
            "history_id", "history_type", "id", "meeting_id", "member__name", "absence"
        ):
            if row["history_id"] <= upto[row["meeting_id"]]:
                latest[row["meeting_id"]][row["id"]] = row
        return {
            meeting: absentees.told(
                (row["member__name"], row["absence"])
                for _, row in sorted(found.items())
                if row["absence"] and row["history_type"] != "-"
            )
            for meeting, found in latest.items()
        }

    # --- judging ------------------------------------------------------------------------------------

    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Each line by the form of the page, its absent ones by the roll of that day."""
        form = fit(MeetingForm(members=(), today=desk.today))
        del form.fields[FILE]
        known = self._known([x.held.pk for x in lines if x.held is not None and "absent" in x.touched])
        for line in lines:
            if line.errors:
                continue
            read_cells(self.columns, desk, line)
            run(form, self.columns, line)
            self._refuse_unfit(desk, line)
            if not line.errors and (line.is_new or "absent" in line.touched):
                self._attend(desk, line, known.get(line.held.pk, []) if line.held else [])
        self._refuse_twice(desk, [line for line in lines if not line.errors])

    def _refuse_unfit(self, desk: Desk, line: Line) -> None:
        """A group holds no assembly; a meeting that is entered stays its unit's and of its kind."""
        if line.held is not None:
            for key in ("unit", "kind"):
                if line.changes(key):
                    line.refuse(key, BOUND.format(self.column(key).title))
        elif not line.errors:
            unit, kind = _spots(desk)[line.values["unit"]], line.values["kind"]
            if kind not in dict(kinds_of(unit)):
                line.refuse("kind", f"{unit.name}不开{MeetingKind(kind).label}，请另选。")
            elif unit.pk not in desk.spots and kind != MeetingKind.GROUP:
                line.refuse("kind", "您的岗位不能登记这个党组织的这类会议。")

    def _rolls(self, desk: Desk) -> Rolls:
        rolls: Rolls = desk.memory.setdefault("rolls", Rolls(desk.root_id))
        return rolls

    def _attend(self, desk: Desk, line: Line, known: list[There]) -> None:
        """Who came: all on the list but those the cell names."""
        values = line.values
        unit = _spots(desk).get(values["unit"])
        roll = self._rolls(desk).of(unit, values["kind"], on=values["day"]) if unit else []
        mark = "" if line.is_new else None
        on_list = {one.pk for one in known}
        everybody = [
            *known,
            *(There(n.pk, n.name, bool(n.floating), mark) for n in roll if n.pk not in on_list),
        ]
        wanted = self._named(line, everybody)
        if line.errors:
            return
        attendance = {
            one.pk: wanted.get(one.pk, "") for one in everybody if one.pk in wanted or one.absence is not None
        }
        desk.memory.setdefault("attendance", {})[line.row] = attendance
        values["absent"] = absentees.told((x.name, wanted[x.pk]) for x in everybody if x.pk in wanted)
        self._tell(line, attendance, [x.name for x in everybody if x.floating and attendance.get(x.pk) == ""])

    def _named(self, line: Line, everybody: Sequence[There]) -> dict[int, str]:
        """The members the cell means, with their reasons; what it cannot mean is refused."""
        wanted: dict[int, str] = {}
        try:
            named = absentees.read(line.cells.get("absent", ""))
        except absentees.Unreadable as why:
            line.refuse("absent", str(why))
            return wanted
        for one in named:
            met = [person for person in everybody if person.name == one.name]
            if len(met) != 1:
                many = f"应到名单里有 {len(met)} 个“{one.name}”，请先不写，导入后在会议的页面上勾选。"
                line.refuse("absent", many if met else f"这次会议的应到名单里没有“{one.name[:20]}”。")
                continue
            if met[0].pk in wanted:
                line.refuse("absent", f"“{one.name}”写了两次。")
            usual = Absence.AWAY if met[0].floating else Absence.LEAVE
            wanted[met[0].pk] = one.absence or (met[0].absence or usual.value)
            if not one.is_plain:
                line.remark("absent", f"{one.name}的“{one.why[:20]}”没有这一类原因，记为“其他”。")
        return wanted

    def _tell(self, line: Line, attendance: Mapping[int, str], floating: Sequence[str]) -> None:
        """What the file says of the numbers, and who is likely to have been away."""
        due = [absence for absence in attendance.values() if absence != Absence.NOT_DUE]
        counted = {"due": len(due), "present": due.count("")}
        for key, is_now in counted.items():
            said = line.given.get(key, "")
            if said.isascii() and said.isdecimal() and int(said) != is_now:
                line.remark(key, f"表里写 {said} 人，按应到名单和缺席人员算是 {is_now} 人。")
        if not due:
            line.remark("unit", "应到名单是空的，没有记到会情况。")
        if line.is_new and floating:
            named = "、".join(floating[:5]) + ("等" if len(floating) > 5 else "")
            line.remark("absent", f"流动党员{named}没有写在缺席人员里，按到会登记，请核对。")

    def _refuse_twice(self, desk: Desk, lines: Sequence[Line]) -> None:
        """One unit holds one meeting of a kind on a topic a day."""
        held = PartyMeeting.objects.visible_to(desk.user).filter(
            unit__root_id=desk.root_id, day__in={line.values["day"] for line in lines}
        )
        keys = ("unit_id", "kind", "day", "topic")
        known = {row[1:]: row[0] for row in held.values_list("pk", *keys)}
        seen: set[tuple[Any, ...]] = set()
        for line in lines:
            key = tuple(line.values[name.removesuffix("_id")] for name in keys)
            other = known.get(key)
            if key in seen:
                line.refuse("topic", TWICE)
            elif other is not None and (line.held is None or line.held.pk != other):
                line.refuse("topic", KNOWN)
            seen.add(key)

    # --- writing ------------------------------------------------------------------------------------

    def lock_rows(self, ids: Sequence[int]) -> None:
        """The meetings."""
        lock(PartyMeeting.objects.filter(pk__in=ids))

    def _known(self, meetings: Sequence[int]) -> dict[int, list[There]]:
        """Who stands on the lists of these meetings."""
        found: dict[int, list[There]] = defaultdict(list)
        rows = MeetingAttendance.objects.filter(meeting__in=meetings).order_by("pk")
        for row in rows.values_list("meeting_id", "member_id", "member__name", "absence"):
            found[row[0]].append(There(row[1], row[2], False, row[3]))
        return found

    def write(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
        """Each by the action of the page."""
        held = [line.held.pk for line in lines if line.held is not None]
        stand = PartyMeeting.objects.select_related("unit__root").in_bulk(held)
        named = Node.objects.select_related("root").in_bulk({line.values["unit"] for line in lines})
        known, told, ids = self._known(held), desk.memory.get("attendance", {}), {}
        for line in lines:
            meeting = stand[line.held.pk] if line.held else None
            before = {one.pk: one.absence or "" for one in known.get(meeting.pk, ())} if meeting else {}
            data = {
                one.key: self._kept(one, line)
                for one in self.columns
                if not one.readonly and one.key != "absent"
            }
            kept = keep_meeting(
                meeting=meeting,
                data=data | {"unit": named[line.values["unit"]]},
                attendance=told.get(line.row, before),
                by=by,
                today=desk.today,
            )
            if meeting is None:
                ids[line.row] = kept.pk
        return ids

    def _kept(self, column: LedgerColumn, line: Line) -> Any:
        value: date | str | int | None = line.values.get(column.key)
        return "" if value is None and column.kind == "text" else value


MEETINGS = register(Meetings())
