"""上级包挂 as a register: who of the 乡, the 总支 and the 支部 looks after what, one line a row."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse

from grids import access
from grids.choices import Kind
from grids.imports.reading.values import numerals_in_chinese
from grids.models import Node, Person, Post
from grids.queries.bands import bands_in_force
from grids.queries.counts import KEY_OF
from grids.registers.columns import Choice, Choices, RegisterColumn, plain_choices
from grids.registers.desk import Desk
from grids.registers.forms import fit, read_cells, run
from grids.registers.merging import Past
from grids.registers.nodes import PLACES
from grids.registers.register import Register, register
from grids.registers.rows import BandText, Held, Line
from grids.registers.spots import by_kind, labelled, person_key
from grids.registers.versions import Records, last_numbers, lock, token
from liaison.actions import check_fit, require_contact
from liaison.choices import Level
from liaison.forms import ContactEditForm, ContactForm
from liaison.models import Contact
from liaison.queries import contact_counts
from liaison.rules import HOLDER_ROLES, TARGET_KINDS, band_of
from township import history

if TYPE_CHECKING:
    from township.models import User

FIXED = ("level", "holder", "target")
FACTS = ("since", "remark")


def levels(desk: Desk) -> tuple[Level, ...]:
    """The levels this user may write: the upper two are the office's."""
    if access.may(desk.user, access.Right.EDIT_TOWN_CONTACTS):
        return tuple(Level)
    return (Level.COMMITTEE,)


def level_choices(desk: Desk) -> Choices:
    """支部委员→党小组 and, for the office, the levels above."""
    return plain_choices((level.value, level.label) for level in levels(desk))


def holders(desk: Desk) -> Choices:
    """People whose post lets them hold a line of the village at one of the levels."""
    people: dict[int, str] = {}
    named: dict[int, str] = {}
    for level in levels(desk):
        for pk, name, root in _posts(desk, level).values_list(
            "person_id", "person__name", "node__root__name"
        ):
            people[pk], named[pk] = name, root or "乡（镇）"
    often = Counter(people.values())
    labels = {pk: f"{name}（{named[pk]}）" if often[name] > 1 else name for pk, name in people.items()}
    twice = Counter(labels.values())
    return Choices(
        tuple(
            Choice(label if twice[label] == 1 else f"{people[pk]}（编号 {pk}）", pk, (people[pk],))
            for pk, label in labels.items()
        ),
        person_key,
    )


def _posts(desk: Desk, level: str) -> Any:
    rows = Post.objects.visible_to(desk.user).current(desk.today).filter(role__in=HOLDER_ROLES[level])
    if level != Level.TOWN_LEADER:
        rows = rows.filter(node__root_id=desk.root_id)
    if level == Level.GENERAL_BRANCH:
        rows = rows.filter(node__kind=Kind.GENERAL_BRANCH)
    return rows.order_by("person__pinyin_order", "person_id")


def targets(desk: Desk) -> Choices:
    """Organisations and Party groups of the village."""
    kinds = {kind for level in levels(desk) for kind in TARGET_KINDS[level]}
    return labelled(by_kind(desk.spots, *kinds), desk.spots, numerals_in_chinese)


class Contacts(Register):
    """上级包挂."""

    code, title, unit, rank = "contact", "上级包挂", "条", 5
    place_kinds = PLACES
    list_name = "liaison:contacts"
    columns = (
        RegisterColumn(
            "level",
            "层级",
            ("包挂层级",),
            kind="choice",
            choices=level_choices,
            default=Level.COMMITTEE.value,
            width=12,
        ),
        RegisterColumn(
            "holder",
            "包挂人",
            ("支部委员", "支部委员姓名", "姓名", "乡领导"),
            kind="choice",
            choices=holders,
            required=True,
            help="只列出现任乡领导和委员；没有时先登记任职",
        ),
        RegisterColumn(
            "target",
            "包挂对象",
            ("包挂党小组", "党小组", "包挂党支部", "党支部"),
            kind="choice",
            choices=targets,
            required=True,
            width=12,
        ),
        RegisterColumn("since", "包挂起始时间", ("起始时间", "起始"), kind="date"),
        RegisterColumn("remark", "备注", ("说明",), width=14, max_length=100),
    )

    def list_url(self, place: Node) -> str:
        """The list of the village's lines."""
        return f"{reverse(self.list_name)}?root={place.root_id}"

    # --- reading ------------------------------------------------------------------------------------

    def _contacts(self, desk: Desk) -> Any:
        here = Q(target__root_id=desk.root_id)
        if desk.place.pk != desk.root_id:
            below = Q(**{f"target__{KEY_OF[desk.place.kind]}": desk.place.pk})
            here &= Q(target_id=desk.place.pk) | below
        rows = Contact.objects.visible_to(desk.user).filter(
            here, level__in=levels(desk), until=None, target__closed_on=None
        )
        return rows.order_by("level", "target__lft", "pk")

    def count(self, desk: Desk) -> int:
        """Lines that run."""
        return int(self._contacts(desk).count())

    def held(self, desk: Desk, ids: Iterable[int] | None = None) -> dict[int, Held]:
        """Lines that run."""
        rows = self._contacts(desk)
        if ids is not None:
            if not (wanted := list(ids)):
                return {}
            rows = rows.filter(pk__in=wanted)
        found = list(rows.values("id", "level", "holder_id", "target_id", "since", "remark", "holder__name"))
        last = last_numbers(Contact, "id", [row["id"] for row in found])
        held = {}
        for row in found:
            values = self._values(row)
            cells = {column.key: column.show(values[column.key], desk) for column in self.columns}
            cells["holder"] = cells["holder"] or row["holder__name"]  # whose post has ended
            held[row["id"]] = Held(row["id"], values, cells, token([last.get(row["id"])]))
        return held

    @staticmethod
    def _values(row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "holder": row["holder_id"], "target": row["target_id"]}

    def past(self, desk: Desk, wanted: Mapping[int, tuple[Held, str]]) -> dict[int, Past]:
        """Lines as they were."""
        read = Records((Contact,), {pk: (base, held.seen) for pk, (held, base) in wanted.items()})
        found = {}
        for pk in wanted:
            (row,) = read.then(pk)
            values = self._values(row) if row else {}
            cells = {c.key: c.show(values[c.key], desk) for c in self.columns if c.key in values}
            found[pk] = Past(cells, *read.signed(pk))
        return found

    # --- judging ------------------------------------------------------------------------------------

    def judge(self, desk: Desk, lines: Sequence[Line]) -> None:
        """New lines by the form of adding, known ones by the form of correcting."""
        sound = [line for line in lines if not line.errors]
        for line in sound:
            read_cells(self.columns, desk, line)
        self._judge_pairs(desk, [line for line in sound if line.is_new and not line.errors])
        forms: dict[str, Any] = {}
        for line in sound:
            if line.errors:
                continue
            if line.is_new:
                level = line.values["level"]
                if level not in forms:
                    forms[level] = fit(ContactForm(user=desk.user, level=level, today=desk.today))
                run(forms[level], self.columns, line)
            else:
                self._judge_known(line)

    def _judge_known(self, line: Line) -> None:
        for key in FIXED:
            if key in line.touched:
                line.refuse(key, f"已有的包挂不能改{self.column(key).title}：请结束后在新的一行登记。")
        if not line.errors:
            run(fit(ContactEditForm()), self.columns, line)

    def _judge_pairs(self, desk: Desk, lines: Sequence[Line]) -> None:
        """Whether this person can look after this node, and does not yet."""
        nodes = Node.objects.in_bulk({line.values["target"] for line in lines}) if lines else {}
        people = Person.objects.in_bulk({line.values["holder"] for line in lines}) if lines else {}
        fitting = {
            level: set(_posts(desk, level).values_list("person_id", flat=True)) for level in levels(desk)
        }
        running = Contact.objects.filter(target_id__in=nodes, until=None) if lines else ()
        known = {(row.level, row.holder_id, row.target_id) for row in running}
        for line in lines:
            level, holder, target = (line.values[key] for key in FIXED)
            try:
                check_fit(
                    level=level,
                    holder=people[holder],
                    target=nodes[target],
                    fits=holder in fitting.get(level, ()),
                )
            except ValidationError as why:
                for key, texts in why.message_dict.items():
                    line.refuse(key, "".join(texts))
            if (level, holder, target) in known:
                line.refuse("holder", "此人已包挂这个对象。")
            known.add((level, holder, target))

    def bands(self, desk: Desk, lines: Sequence[Line]) -> list[BandText]:
        """How many each holder of a new line will have."""
        new: Counter[tuple[str, int]] = Counter(
            (line.values["level"], line.values["holder"]) for line in lines if line.is_new
        )
        if not new:
            return []
        counts = contact_counts(desk.user, on=desk.today, holder_ids={holder for _, holder in new})
        ratios = bands_in_force(desk.place.township_id, year=desk.today.year)
        found = []
        for (level, holder), more in new.items():
            band = band_of(ratios, level)
            if band is not None:
                n = counts.get((level, holder), 0) + more
                tone = "ok" if band.verdict(n) == "ok" else "warning"
                name = desk.options(self.column("holder")).label_of(holder)
                found.append(BandText(f"本次改动后：{name} {band.title} {band.note(n)}", tone))
        return sorted(found, key=lambda told: told.tone == "ok")[:8]

    # --- writing ------------------------------------------------------------------------------------

    def lock_rows(self, ids: Sequence[int]) -> None:
        """The lines."""
        lock(Contact.objects.filter(pk__in=ids))

    def write(self, desk: Desk, lines: Sequence[Line], *, by: "User", reason: str) -> dict[str, int]:
        """New lines in, facts of known ones changed."""
        nodes = Node.objects.in_bulk({line.values["target"] for line in lines})
        for level, target in {(line.values["level"], line.values["target"]) for line in lines}:
            require_contact(by, level=level, target=nodes[target])
        new = [line for line in lines if line.is_new]
        rows = [
            Contact(
                township_id=desk.place.township_id,
                level=line.values["level"],
                holder_id=line.values["holder"],
                target_id=line.values["target"],
                since=line.values.get("since"),
                remark=line.values.get("remark") or "",
            )
            for line in new
        ]
        made = history.create_all(Contact, rows, by=by, reason=reason)
        changed = {line.held.pk: line for line in lines if line.held is not None}
        known = list(Contact.objects.filter(pk__in=changed))
        for contact in known:
            values = changed[contact.pk].values
            contact.since, contact.remark = values.get("since"), values.get("remark") or ""
        history.update_all(Contact, known, list(FACTS), by=by, reason=reason)
        return {line.row: contact.pk for line, contact in zip(new, made, strict=True)}


CONTACTS = register(Contacts())
