"""Taking a session's last run back while nobody has touched its rows since."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from grids.actions.undo import Undo, plan_undo, undo, undone_among
from grids.imports import uploads
from grids.imports.choices import UploadState
from grids.imports.mends import Mends
from grids.imports.sources import require
from grids.models import RosterUpload
from township.models import Action

if TYPE_CHECKING:
    from township.models import User


@dataclass(frozen=True)
class LastRun:
    """The latest run that stands, and what an undo of it would do."""

    number: int
    action: Action
    plan: Undo


def last_run(upload: RosterUpload, user: "User") -> LastRun | None:
    """The run an undo would take back, None when no run stands."""
    numbers = {run["action"]: number for number, run in enumerate(upload.runs, 1) if run["action"]}
    standing = sorted(numbers.keys() - undone_among(list(numbers)), key=lambda pk: numbers[pk])
    action = Action.objects.filter(pk=standing[-1]).first() if standing else None
    return LastRun(numbers[action.pk], action, plan_undo(action, user)) if action is not None else None


def undone_runs(upload: RosterUpload) -> set[int]:
    """Numbers of the runs that are taken back just now."""
    undone = undone_among([run["action"] for run in upload.runs if run["action"]])
    return {number for number, run in enumerate(upload.runs, 1) if run["action"] in undone}


def take_back(*, upload: RosterUpload, by: "User", today: date) -> RosterUpload:
    """Undo the last run. Raises ValidationError with a sentence for each row touched since."""
    require(by, upload.source)
    with transaction.atomic():
        upload = uploads.locked(upload)
        last = last_run(upload, by)
        if last is None:
            return upload
        undo(action=last.action, by=by, reason=f"撤销导入 {upload.file_name}"[:100])
        if upload.is_open:
            mends = Mends.of_data(upload.mends)
            mends.done = {key: run for key, run in mends.done.items() if run != last.number}
            if not mends.done:
                upload.state = UploadState.WAITING
            return uploads.mend(upload=upload, by=by, today=today, mends=mends)
        if last_run(upload, by) is None:
            upload.state = UploadState.UNDONE
            upload.save(update_fields=["state"])
        return upload
