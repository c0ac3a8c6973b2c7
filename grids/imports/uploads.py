"""Uploaded rosters: kept as clean rows until somebody confirms or drops them."""

import hashlib
import json
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from grids import access
from grids.imports import report
from grids.imports.actions import load_rows
from grids.imports.choices import UploadState
from grids.imports.reading.result import Refused, dump_reading, load_reading
from grids.imports.reading.rosters import read_roster
from grids.models import RosterUpload
from township.models import Township

if TYPE_CHECKING:
    from django.http import HttpRequest

    from township.models import User

KEPT_FOR = timedelta(days=7)
STATES = {
    report.APPLIED: UploadState.APPLIED,
    report.UNCHANGED: UploadState.UNCHANGED,
    report.REFUSED: UploadState.REFUSED,
    report.DRY_RUN: UploadState.WAITING,
}


def keep(*, file: UploadedFile, branch: str, by: "User", today: date) -> RosterUpload:
    """Read an uploaded file and note what loading it would do; the file itself goes at once."""
    access.require(by, access.Right.IMPORT_ROSTER)
    drop_old()
    name = str(file.name or "")[-200:]
    township = cast(Township, by.township)  # whoever holds the right works in a township
    upload = RosterUpload(township=township, by=by, file_name=name, chosen_branch=branch)
    with tempfile.NamedTemporaryFile(prefix="roster-") as copy:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            copy.write(chunk)
            digest.update(chunk)
        copy.flush()
        upload.sha256 = digest.hexdigest()
        try:
            reading = read_roster(Path(copy.name), name=name)
        except Refused as why:
            upload.state, upload.report = UploadState.REFUSED, report.refusal(name, str(why))
            upload.save()
            return upload
    entry = load_rows(
        reading=reading, name=name, township=township, branch=branch, by=by, today=today, dry_run=True
    )
    if entry["status"] == report.DRY_RUN and report.changes_nothing(entry):
        entry["status"] = report.UNCHANGED
    _note(upload, entry)
    if upload.is_waiting:
        upload.rows = json.loads(dump_reading(reading))
    upload.save()
    return upload


def confirm(
    *, upload: RosterUpload, by: "User", today: date, request: "HttpRequest | None" = None
) -> RosterUpload:
    """Load the kept rows, compared anew; what has changed since the preview is shown before it is done."""
    access.require(by, access.Right.IMPORT_ROSTER)
    with transaction.atomic():
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        if not upload.is_waiting:
            return upload
        entry = load_rows(
            reading=load_reading(upload.rows or {}),
            name=upload.file_name,
            township=upload.township,
            branch=upload.chosen_branch,
            by=by,
            today=today,
            expected=upload.report["counts"],
            request=request,
        )
        _note(upload, entry)
        if not upload.is_waiting:
            upload.rows = None
            upload.save()
        else:
            upload.save(update_fields=["report"])
        return upload


def discard(*, upload: RosterUpload, by: "User") -> RosterUpload:
    """Drop what was read from a file that is still waiting."""
    access.require(by, access.Right.IMPORT_ROSTER)
    with transaction.atomic():
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        if upload.is_waiting:
            upload.state, upload.rows = UploadState.DISCARDED, None
            upload.save()
        return upload


def drop_old() -> int:
    """Drop the rows of uploads nobody confirmed within a week; returns their number."""
    old = RosterUpload.objects.filter(state=UploadState.WAITING, at__lt=timezone.now() - KEPT_FOR)
    return old.update(state=UploadState.DISCARDED, rows=None)


def _note(upload: RosterUpload, entry: dict[str, Any]) -> None:
    upload.report = entry
    upload.state = STATES[entry["status"]]
