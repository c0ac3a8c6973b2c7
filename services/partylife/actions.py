"""A meeting is entered or corrected, together with who came."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied

from grids.actions.refusals import checked, in_words
from services.models import MeetingAttendance, PartyMeeting
from services.partylife.queries import may_record
from township import audit, history
from township.attachments.keeping import put
from township.attachments.reading import Attachment
from township.choices import Deed
from township.models import User

AGAIN = "同一天、同一议题的会议刚才已经登记过。"


def keep_meeting(
    *,
    meeting: PartyMeeting | None,
    data: Mapping[str, Any],
    attendance: Mapping[int, str],
    by: User,
    today: date,
    attachment: Attachment | None = None,
) -> PartyMeeting:
    """Enter or correct a meeting; `attendance` says for each member why not there, blank for present."""
    row = meeting or PartyMeeting()
    if meeting is not None and not may_record(by, meeting.unit, meeting.kind, on=today):
        raise PermissionDenied("您只能查看，不能修改这次会议的记录。")
    if not may_record(by, data["unit"], data["kind"], on=today):
        raise PermissionDenied("您的岗位不能登记这个党组织的这类会议。")
    title = "修改会议记录" if meeting else "登记会议"
    with history.action(by=by, title=title), in_words(AGAIN):
        for name, value in data.items():
            setattr(row, name, value)
        put(row, attachment)
        checked(row)
        history.save(row, by=by, reason=title)
        _attend(row, attendance, by=by, reason=title)
        deed = Deed.CHANGE if meeting else Deed.CREATE
        audit.record(by=by, deed=deed, target=f"会议记录 {row}（编号 {row.pk}）", rows=len(attendance))
    return row


def _attend(meeting: PartyMeeting, wanted: Mapping[int, str], *, by: User, reason: str) -> None:
    """Write only what differs from before."""
    before = {row.member_id: row for row in meeting.attendance.all()}
    new = [
        MeetingAttendance(meeting=meeting, member_id=member, absence=absence)
        for member, absence in wanted.items()
        if member not in before
    ]
    changed = [row for member, row in before.items() if wanted.get(member, row.absence) != row.absence]
    for row in changed:
        row.absence = wanted[row.member_id]
    gone = [row for member, row in before.items() if member not in wanted]
    history.create_all(MeetingAttendance, new, by=by, reason=reason)
    history.update_all(MeetingAttendance, changed, ["absence"], by=by, reason=reason)
    history.remove_all(MeetingAttendance, gone, by=by, reason=reason)
