"""The township's volunteer centre is kept; a volunteer takes the named skills back."""

from collections.abc import Mapping
from typing import Any

from grids import access
from grids.actions.refusals import checked, in_words
from services.models import Volunteer, VolunteerPoint
from township import audit, history
from township.choices import Deed
from township.models import Township, User


def keep_centre(*, township: Township, data: Mapping[str, Any], by: User) -> VolunteerPoint:
    """Enter or correct the one centre."""
    access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    title = "登记志愿服务中心"
    with history.action(by=by, title=title), in_words("全乡只有一个志愿服务中心，刚才已经登记过。"):
        Township.objects.select_for_update().get(pk=township.pk)
        row = VolunteerPoint.objects.filter(township=township, root=None).first()
        deed = Deed.CHANGE if row else Deed.CREATE
        row = row or VolunteerPoint(township=township)
        for name, value in data.items():
            setattr(row, name, value)
        checked(row)
        history.save(row, by=by, reason=title)
        audit.record(by=by, deed=deed, target=f"志愿服务中心 {row}（编号 {row.pk}）")
    return row


def withdraw_skills(*, volunteer: Volunteer, by: User) -> Volunteer:
    """What a volunteer no longer wants to be known goes, from the earlier states too."""
    access.require_edit(by, volunteer.root)
    title = "撤回特长"
    with history.action(by=by, title=title), in_words():
        row = Volunteer.objects.select_for_update().get(pk=volunteer.pk)
        row.skills = ""
        history.save(row, by=by, reason=title, fields=["skills"])
        history.forget(row, {"skills": ""})
        audit.record(by=by, deed=Deed.CHANGE, target=f"{title}：志愿者 {row}（编号 {row.pk}）")
    return row
