"""What is done with contacts: begin one, correct one, end one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from grids import access
from grids.actions.refusals import check_seen, in_words
from grids.models import Node, Person
from grids.queries.changes import version_of
from liaison import queries
from liaison.choices import Level
from liaison.models import Contact
from liaison.rules import TARGET_KINDS
from township import audit, history
from township.choices import Deed
from township.models import User

RESTORABLE = frozenset({"since", "remark"})


def require_contact(by: User, *, level: str, target: Node) -> None:
    """E0 and E1 are the office's; E2 is also for the target's own secretary."""
    if level != Level.COMMITTEE:
        access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    access.require_edit(by, target)


def check_pair(*, level: str, holder: Person, target: Node, on: date) -> None:
    """Raise ValidationError when this person can't look after this node at this level."""
    if level == Level.TOWN_LEADER:
        fits = queries.has_post(holder, on=on)
    else:
        fits = target.root_id in queries.holder_roots(holder, level=level, on=on)
    check_fit(level=level, holder=holder, target=target, fits=fits)


def check_fit(*, level: str, holder: Person, target: Node, fits: bool) -> None:
    """The same for many at once: `fits` says whether the holder has a post that allows it."""
    if target.kind not in TARGET_KINDS[level] or not target.is_open:
        raise ValidationError({"target": "这个单位不能作为该层级的包挂对象。"})
    if holder.township_id != target.township_id:
        raise ValidationError({"holder": "包挂人和包挂对象不在同一个乡镇。"})
    if level == Level.GENERAL_BRANCH and target.parent_id is None:
        raise ValidationError({"target": "总支班子联系的是党总支下面的网格党支部。"})
    if fits:
        return
    if level == Level.TOWN_LEADER:
        raise ValidationError({"holder": f"{holder.name}没有登记为乡领导，请先登记任职。"})
    raise ValidationError({"holder": f"{holder.name}不是这个对象所在党组织的委员，请先登记任职。"})


@in_words("此人已包挂这个对象。")
@history.acts("新增包挂")
def begin_contact(
    *, level: str, holder: Person, target: Node, since: date | None, remark: str, by: User, today: date
) -> Contact:
    """Put one line on an upper roster."""
    require_contact(by, level=level, target=target)
    check_pair(level=level, holder=holder, target=target, on=today)
    contact = Contact(
        township=target.township, level=level, holder=holder, target=target, since=since, remark=remark
    )
    contact.full_clean()
    history.save(contact, by=by, reason="新增包挂")
    audit.record(by=by, deed=Deed.CREATE, target=f"包挂：{contact}")
    return contact


@transaction.atomic
@history.acts("修改包挂")
def change_contact(*, contact: Contact, since: date | None, remark: str, by: User) -> Contact:
    """Correct the day it began or its remark; another holder is another contact."""
    require_contact(by, level=contact.level, target=contact.target)
    contact.since, contact.remark = since, remark
    contact.full_clean()
    history.save(contact, by=by, reason="修改包挂", fields=["since", "remark"])
    audit.record(by=by, deed=Deed.CHANGE, target=f"包挂：{contact}")
    return contact


@transaction.atomic
@history.acts("恢复旧值")
def put_back_contact(
    *, contact: Contact, before: Mapping[str, Any], field: str, by: User, seen: str, reason: str
) -> Contact:
    """Give one field, or "all", the value of `before` (a history row); `seen` as in check_seen."""
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    check_seen(seen, lambda: version_of(contact))
    fields = RESTORABLE if field == "all" else RESTORABLE & {field}
    if not fields:
        raise ValidationError("这一项不能单独恢复，请用“撤销”恢复整个操作。")
    values = {name: (before[name] if name in fields else getattr(contact, name)) for name in RESTORABLE}
    return change_contact(contact=contact, by=by, **values)


@transaction.atomic
@history.acts("结束包挂")
def end_contact(*, contact: Contact, until: date, by: User) -> Contact:
    """Close the line; it stays in the history."""
    require_contact(by, level=contact.level, target=contact.target)
    contact = Contact.objects.select_for_update().get(pk=contact.pk)  # somebody may have ended it meanwhile
    if contact.until is not None:
        raise ValidationError({"until": "这条包挂已经结束。"})
    contact.until = until
    contact.full_clean()
    history.save(contact, by=by, reason="结束包挂", fields=["until"])
    audit.record(by=by, deed=Deed.CLOSE, target=f"包挂：{contact}")
    return contact
