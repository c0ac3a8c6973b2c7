"""A visit logged (once, however often it is sent), corrected, called back on."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from grids.actions.refusals import checked, in_words
from grids.models import Person
from services.models import Visit, VisitCompanion, VisitPlan
from services.visits.actions.guards import require_change, require_log
from services.visits.actions.matters import write_matter
from services.visits.choices import MatterSource, Need
from services.visits.rules import FILLS_PLAN, OPENS_MATTER, next_visit
from township import audit, history
from township.choices import Deed
from township.days import not_after
from township.models import User

FIELDS = (
    "happened_on", "mode", "occasion", "visitor", "plain", "content", "need", "disposal", "due_on", "outcome",
)  # fmt: skip


def sent_before(by: User, client_id: str) -> Visit | None:
    """The visit that this user sent under that id, if there is one."""
    if not client_id:
        return None
    return Visit.objects.filter(written_by=by, client_id=client_id).first()


def log_visit(
    *,
    data: Mapping[str, Any],
    companions: Collection[Person] = (),
    by: User,
    today: date,
    client_id: str = "",
    happened_at: datetime | None = None,
    opens_matter: bool = False,
) -> Visit:
    """A new visit with node, household and FIELDS; sent again under the same client_id it is the first one.

    What was not answered on the spot opens a matter, so that it is not lost between diary and answer.
    """
    require_log(by, data["node"], data.get("household"))
    try:
        with history.action(by=by, title="登记走访"), in_words("这一次走访刚才已经登记过。"):
            known = sent_before(by, client_id)
            if known is not None:
                return known
            row = Visit(
                township_id=data["node"].township_id,
                written_by=by,
                client_id=client_id,
                happened_at=happened_at,
                received_at=timezone.now(),
                node=data["node"],
                household=data.get("household"),
                matter=data.get("matter"),
                **{name: data[name] for name in FIELDS if name in data},
            )
            _settle(row, today)
            if opens_matter or row.disposal in OPENS_MATTER:
                _open_matter(row, by=by, today=today)
            history.save(row, by=by, reason="登记走访")
            _set_companions(row, companions, by=by)
            _fill_plans(row, by=by)
            audit.record(by=by, deed=Deed.CREATE, target=f"走访记录 {row}（编号 {row.pk}）")
            return row
    except ValidationError:
        known = sent_before(by, client_id)  # the same moment sent it twice
        if known is None:
            raise
        return known


def _settle(row: Visit, today: date) -> None:
    """Check it; a plain visit has no words of its own."""
    if row.content:
        row.plain = False
    not_after(row.happened_on, today, "happened_on")
    checked(row)


def _open_matter(row: Visit, *, by: User, today: date) -> None:
    """A matter of its own, unless it belongs to one."""
    if row.matter is None:
        row.matter = write_matter(data=_as_matter(row), by=by, today=today)


def _as_matter(row: Visit) -> dict[str, Any]:
    return {
        "node": row.node,
        "household": row.household,
        "source": MatterSource.VISIT,
        "need": row.need or Need.OTHER,
        "content": row.words,
        "raised_on": row.happened_on,
        "owner": row.visitor,
        "due_on": row.due_on,
    }


def _set_companions(row: Visit, people: Collection[Person], *, by: User) -> None:
    wanted = {person.pk for person in people} - {row.visitor_id}
    standing = {one.person_id: one for one in VisitCompanion.objects.filter(visit=row)}
    gone = [one for person, one in standing.items() if person not in wanted]
    history.remove_all(VisitCompanion, gone, by=by, reason="修改同行人员")
    new = [VisitCompanion(visit=row, person_id=person) for person in sorted(wanted - standing.keys())]
    history.create_all(VisitCompanion, new, by=by, reason="登记同行人员")


def _fill_plans(row: Visit, *, by: User) -> None:
    """A 必访 moves the household's services on to their next day."""
    if row.occasion not in FILLS_PLAN or row.household_id is None:
        return
    for plan in VisitPlan.objects.filter(household_id=row.household_id, ended_on=None):
        then = next_visit(row.happened_on, plan.interval)
        if then > plan.next_on:
            plan.next_on = then
            history.save(plan, by=by, reason="已走访", fields=["next_on"])


def change_visit(
    *, visit: Visit, data: Mapping[str, Any], companions: Collection[Person], by: User, today: date
) -> Visit:
    """Correct what was written; what turns out to need dealing with opens a matter here, too."""
    require_change(by, visit)
    with history.action(by=by, title="修改走访记录"), in_words():
        row = _locked(visit)
        for name in FIELDS:
            if name in data:
                setattr(row, name, data[name])
        _settle(row, today)
        if row.disposal in OPENS_MATTER:
            _open_matter(row, by=by, today=today)
        history.save(row, by=by, reason="修改走访记录", fields=[*FIELDS, "matter"])
        _set_companions(row, companions, by=by)
        audit.record(by=by, deed=Deed.CHANGE, target=f"走访记录 {row}（编号 {row.pk}）")
    return row


def _locked(visit: Visit) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",))
    return rows.select_related("node", "household", "visitor", "matter").get(pk=visit.pk)


def call_back(*, visit: Visit, day: date, person: Person, satisfaction: str, by: User, today: date) -> Visit:
    """Ask whether what was done was right; of what became a matter, the matter asks."""
    require_change(by, visit)
    not_after(day, today, "day")
    with history.action(by=by, title="登记回访"), in_words():
        row = _locked(visit)
        if row.matter is not None:
            raise ValidationError("这次走访已登记为意见建议，请在意见建议里登记回访。")
        row.called_back_on, row.called_back_by, row.satisfaction = day, person, satisfaction
        checked(row)
        history.save(
            row, by=by, reason="登记回访", fields=["called_back_on", "called_back_by", "satisfaction"]
        )
        audit.record(by=by, deed=Deed.CHANGE, target=f"回访 {row}（编号 {row.pk}）")
    return row
