"""Items taken into the catalogue, changed into a new version, closed, opened again; the start set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Max

from grids import access
from grids.actions.refusals import ChangedMeanwhile, checked, in_words
from services.models import ItemMaterial, ItemVersion, ServiceItem
from services.tickets.catalogue.facts import Facts, faults, settled
from services.tickets.catalogue.queries import current_of, facts_of, named_so, next_code
from township import audit, history
from township.choices import Deed
from township.models import Township, User

CLOSED = "这个事项已停办，要改先恢复办理。"


@dataclass(frozen=True)
class Change:
    """One line of a file: a new item (`item` None) or what an item is to say from today."""

    facts: Facts
    code: str = ""
    item: ServiceItem | None = None


def township_for(by: User) -> Township:
    """The office edits one catalogue for its whole township."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    if by.township is None:  # whoever holds the right works in one
        raise ValidationError("您的账号不属于乡镇。")
    return by.township


@history.acts("新建代办事项")
def add_item(*, facts: Facts, code: str = "", by: User, today: date) -> ServiceItem:
    """A new item with its first version."""
    town = township_for(by)
    with in_words("这个事项编号刚被用掉，请再存一次。"):
        _refuse_name(town, facts.name)
        made = _new(town, [Change(facts, code or next_code(town))], by=by, today=today, reason="新建代办事项")
        audit.record(by=by, deed=Deed.CREATE, target=f"代办事项 {facts.name}（编号 {made[0].code}）")
    return made[0]


@history.acts("修改代办事项")
def change_item(
    *, item: ServiceItem, facts: Facts, seen: int | None, by: User, today: date, adopt: bool = False
) -> ItemVersion:
    """A new version where anything is different; otherwise the one that holds.

    `seen` is the version the form showed. Raises ChangedMeanwhile when another one holds by now.
    """
    town = township_for(by)
    with in_words():
        item = ServiceItem.objects.select_for_update().get(pk=item.pk)
        if item.closed_on:
            raise ValidationError(CLOSED)
        held = current_of(item)
        if seen is not None and held.number != seen:
            raise ChangedMeanwhile
        new = settled(facts)
        if new == facts_of(held) and not (adopt and held.is_example):
            return held
        _refuse_name(town, facts.name, but=item.pk)
        made = _next(town, [Change(facts, item=item)], by=by, today=today, reason="修改代办事项")[0]
        audit.record(by=by, deed=Deed.CHANGE, target=f"代办事项 {made.name}（编号 {item.code}）")
    return made


def _refuse_name(town: Township, name: str, *, but: int | None = None) -> None:
    if other := named_so(town, name, but=but):
        raise ValidationError({"name": f"已有同名的事项（编号 {other.item.code}），请改那一项，或换个名称。"})


@history.acts("停办代办事项")
def close_item(*, item: ServiceItem, on: date, why: str, by: User) -> ServiceItem:
    """No more errands of this kind; those under way go on."""
    township_for(by)
    item.closed_on, item.closed_why = on, why
    with in_words():
        checked(item)
        history.save(item, by=by, reason="停办代办事项", fields=["closed_on", "closed_why"])
        audit.record(by=by, deed=Deed.CLOSE, target=f"停办代办事项（编号 {item.code}）", note=why)
    return item


@history.acts("恢复代办事项")
def reopen_item(*, item: ServiceItem, by: User) -> ServiceItem:
    """Taken in again, under the version it had."""
    town = township_for(by)
    _refuse_name(town, current_of(item).name, but=item.pk)
    item.closed_on, item.closed_why = None, ""
    with in_words():
        history.save(item, by=by, reason="恢复代办事项", fields=["closed_on", "closed_why"])
        audit.record(by=by, deed=Deed.REOPEN, target=f"恢复代办事项（编号 {item.code}）")
    return item


# --- many at once -----------------------------------------------------------------------------------


@history.acts("导入代办事项")
def load_changes(*, changes: Sequence[Change], name: str, by: User, today: date) -> None:
    """The new and the changed lines of a file, all or nothing."""
    town = township_for(by)
    reason = f"导入 {name}"[:100]
    with in_words():
        _new(town, [one for one in changes if one.item is None], by=by, today=today, reason=reason)
        _next(town, [one for one in changes if one.item is not None], by=by, today=today, reason=reason)
        audit.record(by=by, deed=Deed.IMPORT, target=f"代办事项清单 {name}", rows=len(changes))


@history.acts("载入示例清单")
def load_examples(*, found: Mapping[str, Facts], by: User, today: date) -> int:
    """The start set, marked as examples, into an empty catalogue only."""
    town = township_for(by)
    with in_words("示例清单刚刚已经载入。"):
        if ServiceItem.objects.filter(township=town).exists():
            raise ValidationError("事项清单里已有事项，不再载入示例。")
        enter_examples(town, found, by=by, today=today)
        audit.record(by=by, deed=Deed.CREATE, target="示例事项清单", rows=len(found))
    return len(found)


def enter_examples(town: Township, found: Mapping[str, Facts], *, by: User | None, today: date) -> None:
    """The rows of the start set; the caller holds the action."""
    changes = [Change(facts, code) for code, facts in found.items()]
    _new(town, changes, by=by, today=today, reason="示例清单", is_example=True)


def _new(
    town: Township,
    changes: Sequence[Change],
    *,
    by: User | None,
    today: date,
    reason: str,
    is_example: bool = False,
) -> list[ServiceItem]:
    items = [ServiceItem(township=town, code=change.code) for change in changes]
    for item in items:
        checked(item)
    items = history.create_all(ServiceItem, items, by=by, reason=reason)
    versions = [
        _version(item, 1, change.facts, today, is_example=is_example)
        for item, change in zip(items, changes, strict=True)
    ]
    _write(versions, [change.facts for change in changes], by=by, reason=reason)
    return items


def _next(
    town: Township, changes: Sequence[Change], *, by: User, today: date, reason: str
) -> list[ItemVersion]:
    """The next version of each; the one before stays as it was, but no longer holds."""
    pks = [change.item.pk for change in changes if change.item is not None]
    held = {row.item_id: row for row in ItemVersion.objects.filter(item__in=pks, current=True)}
    last = dict(
        ItemVersion.objects.filter(item__township=town, item__in=pks)
        .values_list("item_id")
        .annotate(Max("number"))
    )
    history.set_all(ItemVersion, [row.pk for row in held.values()], {"current": False}, by=by, reason=reason)
    versions = [
        _version(change.item, last[change.item.pk] + 1, change.facts, today)
        for change in changes
        if change.item is not None
    ]
    return _write(versions, [change.facts for change in changes], by=by, reason=reason)


def _version(
    item: ServiceItem, number: int, facts: Facts, today: date, *, is_example: bool = False
) -> ItemVersion:
    """Built and checked, not yet written."""
    facts = settled(facts)
    if wrong := faults(facts):
        raise ValidationError(dict(wrong))
    row = ItemVersion(item=item, number=number, since=today, is_example=is_example, **facts.columns())
    row.clean_fields()
    return row


def _write(
    versions: Iterable[ItemVersion], facts: Sequence[Facts], *, by: User | None, reason: str
) -> list[ItemVersion]:
    made = history.create_all(ItemVersion, versions, by=by, reason=reason)
    papers = [
        ItemMaterial(
            version=row, position=at, name=one.name, copies=one.copies, issuer=one.issuer, kind=one.kind
        )
        for row, said in zip(made, facts, strict=True)
        for at, one in enumerate(said.papers, 1)
    ]
    for paper in papers:
        paper.clean_fields()
    history.create_all(ItemMaterial, papers, by=by, reason=reason)
    return made
