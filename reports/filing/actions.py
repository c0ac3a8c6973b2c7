"""What is done with a filing: its steps, freezing, comments, explanations, extensions."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from grids.actions.refusals import in_words
from grids.models import Node
from reports.filing.frozen import fingerprint
from reports.filing.obstacles import with_explanations
from reports.filing.pins import WHOLE, Pin, name_of
from reports.filing.queries import live_sheets, lock_of, roles_of
from reports.filing.rules import BEFORE_THE_DAY, CLERK, EDITABLE, FILING, WORKED_ON
from reports.models import Campaign, CheckNote, Extension, Filing, FilingComment, FilingEvent, Snapshot
from reports.statistics.frozen_rows import freeze_rows
from reports.written.numbers import of_village
from reports.written.words import filled, picked, used
from township import audit, history
from township.choices import Deed
from township.lifecycle import NotAllowed, move
from township.models import User


def require_role(by: User, root: Node) -> set[str]:
    """Clerk and the village's own secretary; 403 for everybody who only looks."""
    roles = roles_of(by, root)
    if not roles:
        raise PermissionDenied("您只能查看，不能处理这个村的上报。")
    return roles


@transaction.atomic
@history.acts("开始填报")
def begin(*, campaign: Campaign, root: Node, by: User) -> Filing:
    """The village's filing of this campaign, made when it is first opened for work."""
    require_role(by, root)
    found = Filing.objects.filter(campaign=campaign, root=root).first()
    if found is not None:
        return found
    made = Filing(campaign=campaign, root=root)
    history.save(made, by=by, reason="开始填报")
    audit.record(by=by, deed=Deed.CREATE, target=f"上报：{made}")
    return made


def take_step(
    *, filing: Filing, code: str, by: User, today: date, note: str = "", blockers: int = 0
) -> Filing:
    """One step of the table. Raises NotAllowed, PermissionDenied.

    `blockers` is how many cross-checks forbid it (reports/filing/checks).
    """
    with history.action(by=by, title=f"上报：{FILING.step(code).title}", reason=note), transaction.atomic():
        roles = require_role(by, filing.root)
        row = (
            Filing.objects.select_for_update().select_related("campaign__township", "root").get(pk=filing.pk)
        )
        source = row.state
        _check_day(row, code, roles, today)
        if code in ("review", "submit") and blockers:
            raise NotAllowed(f"还有 {blockers} 处 ✖ 没有改好，不能“{FILING.step(code).title}”。")
        step = move(row, FILING, code, roles=roles, note=note)
        if code == "submit":
            row.submitted_on = today
            _freeze(row, by=by, today=today)
        history.save(row, by=by, reason=step.title, fields=["state", "submitted_on", "report_numbers"])
        FilingEvent.objects.create(
            filing=row, step=code, source=source, target=row.state, by=by, note=note[:200]
        )
        audit.record(by=by, deed=Deed.CHANGE, target=f"{step.title}：{row}", note=note)
        return row


def _check_day(row: Filing, code: str, roles: set[str], today: date) -> None:
    """After the day only the office can go on, or the village with an extension."""
    lock = lock_of(row, on=today)
    if code in BEFORE_THE_DAY and row.state in WORKED_ON and lock is not None and CLERK not in roles:
        raise NotAllowed(f"{lock.why}，{lock.who}。")


def _freeze(row: Filing, *, by: User, today: date) -> Snapshot:
    sheets = with_explanations(live_sheets(row, on=today), row)
    values = of_village(sheets["1"], campaign=row.campaign, unit=row.root.name)
    row.report_numbers = picked(values, used(row.report_text))
    text = filled(row.report_text, values)
    details = freeze_rows(row, on=today)
    return Snapshot.objects.create(
        filing=row,
        number=row.snapshots.count() + 1,
        by=by,
        sheets=sheets,
        details=details,
        report_text=text,
        sha256=fingerprint(sheets, text, details),
    )


@transaction.atomic
@history.acts("准予延期")
def extend(*, filing: Filing, until: date, reason: str, by: User) -> Extension:
    """A dated exception for one village; only the office grants it."""
    if CLERK not in require_role(by, filing.root):
        raise PermissionDenied("延期由乡党政办准予。")
    if until <= filing.campaign.due_on:
        raise ValidationError({"until": "延期要晚于上报截止日期。"})
    made = Extension(filing=filing, until=until, reason=reason, by=by)
    history.save(made, by=by, reason=reason)
    audit.record(by=by, deed=Deed.CHANGE, target=f"延期：{filing} 至 {until:%Y-%m-%d}", note=reason)
    return made


@transaction.atomic
@history.acts("写批注")
def comment(*, filing: Filing, text: str, by: User, pin: Pin = WHOLE) -> FilingComment:
    """A reviewer's remark on a cell, a row, an annex or the whole of the last submission."""
    if CLERK not in require_role(by, filing.root):
        raise PermissionDenied("批注由乡党政办写。")
    name = name_of(pin, filing.snapshots.order_by("-number").first())
    made = FilingComment(
        filing=filing,
        text=text,
        by=by,
        annex=pin.annex,
        row_key=pin.row_key,
        row_name=name,
        column=pin.column,
    )
    history.save(made, by=by, reason="批注")
    return made


@transaction.atomic
@history.acts("批注已改好")
def settle(*, comment: FilingComment, by: User) -> FilingComment:
    """The village says that it is done; the reviewer sees by whom and when."""
    require_role(by, comment.filing.root)
    comment.settled_by, comment.settled_at = by, timezone.now()
    history.save(comment, by=by, reason="已改好", fields=["settled_by", "settled_at"])
    return comment


@in_words("这一处已有说明。")
@history.acts("填写勾稽说明")
def explain(*, filing: Filing, rule: str, subject: str, text: str, by: User) -> CheckNote:
    """Why something out of the ordinary is right; written while the village works on its filing."""
    require_role(by, filing.root)
    if filing.state not in EDITABLE:
        raise NotAllowed("已经审核或上报，不能再改说明；请先退回修改。")
    found = CheckNote.objects.filter(filing=filing, rule=rule, subject=subject).first()
    row = found or CheckNote(filing=filing, rule=rule, subject=subject)
    row.text, row.by = text, by
    row.full_clean()
    return history.save(row, by=by, reason="勾稽说明")
