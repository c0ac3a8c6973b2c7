"""Import sessions: a file taken in, its columns settled, its cells mended, its good rows loaded."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone

from grids.imports import report
from grids.imports.choices import OPEN, UploadState
from grids.imports.copies import COPIES
from grids.imports.mends import Mends, carried
from grids.imports.preview import Preview, RowKey, dump_rows
from grids.imports.reading.book import fingerprint, load_sheets, mended
from grids.imports.reading.child import Book
from grids.imports.reading.files import RawSheet
from grids.imports.reading.guides import SheetGuide
from grids.imports.reading.result import Refused
from grids.imports.reading.rosters import read_book
from grids.imports.sources import SOURCES, require
from grids.models import ColumnMemory, RosterUpload
from township.models import Township

if TYPE_CHECKING:
    from django.http import HttpRequest

    from township.models import User

KEPT_FOR = timedelta(days=30)  # without anybody's touching it
FILE_KEPT_FOR = timedelta(days=90)  # after the end
DONE = {report.APPLIED: UploadState.APPLIED, report.UNCHANGED: UploadState.UNCHANGED}


def keep(*, file: UploadedFile, branch: str, by: "User", today: date, source: str = "roster") -> RosterUpload:
    """Open a session with what may be kept of a file, or go on with the one whose error file it is."""
    require(by, source)
    drop_old()
    name = str(file.name or "")[-200:]
    township = cast(Township, by.township)  # whoever holds the right works in a township
    upload = RosterUpload(township=township, by=by, file_name=name, chosen_branch=branch, source=source)
    path = COPIES.new_path()
    with tempfile.NamedTemporaryFile(prefix="roster-") as copy:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            copy.write(chunk)
            digest.update(chunk)
        copy.flush()
        upload.sha256 = digest.hexdigest()
        try:
            book = read_book(Path(copy.name), name=name, copy=path)
        except Refused as why:
            COPIES.remove(path.name)
            upload.state, upload.report = UploadState.REFUSED, report.refusal(name, str(why))
            upload.ended_at = timezone.now()
            upload.save()
            return upload
    upload.copy_name = path.name if book.has_copy else ""
    sheets = load_sheets(book.sheets)
    upload.layout = _layout(sheets)
    going_on = _session_of(book.token, by)
    if going_on is not None:
        return continue_with(upload=going_on, book=book, copy_name=upload.copy_name, by=by, today=today)
    upload.rows = book.sheets
    upload.guides = _remembered(sheets, by, township)
    _check(upload, by=by, today=today, first=True)
    upload.save()
    return upload


def _layout(sheets: list[RawSheet]) -> str:
    marks = [fingerprint(sheet) for sheet in sheets if not sheet.hidden and sheet.cells]
    return hashlib.sha256("|".join(marks).encode()).hexdigest()


def _session_of(token: str, by: "User") -> RosterUpload | None:
    if not token:
        return None
    return RosterUpload.objects.visible_to(by).filter(token=token, state__in=OPEN).first()


def _remembered(sheets: list[RawSheet], by: "User", township: Township) -> dict[str, Any]:
    """What this clerk said of columns under the same titles, by sheet."""
    marks = {fingerprint(sheet): sheet.name for sheet in sheets if not sheet.hidden}
    known = ColumnMemory.objects.filter(by=by, township=township, fingerprint__in=marks)
    return {marks[memory.fingerprint]: memory.guide for memory in known}


def continue_with(
    *, upload: RosterUpload, book: Book | None, copy_name: str, by: "User", today: date
) -> RosterUpload:
    """Take a mended file into the session it came from; what was loaded or skipped stays so."""
    require(by, upload.source)
    with transaction.atomic():
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        if not upload.is_open or book is None:
            return upload
        mends = Mends.of_data(upload.mends)
        before = mended(load_sheets(upload.rows or []), mends.cells)
        mends = carried(mends, before, load_sheets(book.sheets))
        upload.rows, upload.mends = book.sheets, mends.as_data()
        COPIES.remove(upload.copy_name)
        upload.copy_name = copy_name
        _check(upload, by=by, today=today)
        upload.report["continued"] = True
        upload.save()
        return upload


def join(*, upload: RosterUpload, into: RosterUpload, by: "User", today: date) -> RosterUpload:
    """The clerk says that a file without a mark is the mended one of an earlier session."""
    require(by, upload.source)
    if not (upload.is_open and into.is_open) or upload.pk == into.pk:
        return upload
    book = Book(upload.rows or [], "", bool(upload.copy_name))
    with transaction.atomic():
        joined = continue_with(upload=into, book=book, copy_name=upload.copy_name, by=by, today=today)
        upload.copy_name = ""  # it belongs to the other session now
        _end(upload, UploadState.DISCARDED)
    return joined


def twin_of(upload: RosterUpload) -> RosterUpload | None:
    """An open session of the same clerk whose file had this name and these titles: perhaps the same work."""
    if not upload.is_open or upload.runs:
        return None
    earlier = RosterUpload.objects.filter(
        by=upload.by_id, township=upload.township_id, layout=upload.layout, state__in=OPEN, pk__lt=upload.pk
    ).defer("rows", "preview")
    return next((one for one in earlier if _stem(one.file_name) == _stem(upload.file_name)), None)


def _stem(name: str) -> str:
    return Path(name).stem.removesuffix("（标红）").split("(")[0].strip()


# --- columns, mends ---------------------------------------------------------------------------------


def settle_columns(
    *, upload: RosterUpload, guides: Mapping[str, SheetGuide], branch: str, by: "User", today: date
) -> RosterUpload:
    """Take a clerk's word on the columns, remember it for the next file of that make, and compare anew."""
    require(by, upload.source)
    with transaction.atomic():
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        if not upload.is_open:
            return upload
        upload.guides = {name: guide.as_data() for name, guide in guides.items()}
        upload.chosen_branch = branch
        for sheet in load_sheets(upload.rows or []):
            if sheet.name in guides and not sheet.hidden:
                ColumnMemory.objects.update_or_create(
                    by=by,
                    township=upload.township,
                    fingerprint=fingerprint(sheet),
                    defaults={"guide": guides[sheet.name].as_data()},
                )
        _check(upload, by=by, today=today)
        upload.report["sure"] = True
        upload.save()
        return upload


def forget_columns(*, upload: RosterUpload, by: "User", today: date) -> RosterUpload:
    """Forget what was said about columns under these titles; the reader's own guess stands again."""
    require(by, upload.source)
    with transaction.atomic():
        upload = RosterUpload.objects.select_for_update().get(pk=upload.pk)
        if not upload.is_open:
            return upload
        marks = [fingerprint(sheet) for sheet in load_sheets(upload.rows or [])]
        ColumnMemory.objects.filter(by=by, township=upload.township, fingerprint__in=marks).delete()
        upload.guides = {}
        _check(upload, by=by, today=today)
        upload.save()
        return upload


def mend(*, upload: RosterUpload, by: "User", today: date, mends: Mends) -> RosterUpload:
    """Note what has been mended, and read and compare again."""
    require(by, upload.source)
    upload.mends = mends.as_data()
    _check(upload, by=by, today=today)
    upload.save()
    return upload


def locked(upload: RosterUpload) -> RosterUpload:
    """The session, read again under a lock; the caller holds the transaction."""
    return RosterUpload.objects.select_for_update().get(pk=upload.pk)


def _check(upload: RosterUpload, *, by: "User", today: date, first: bool = False) -> Preview:
    """Read and compare; with nothing to load and nothing held a new session is over at once."""
    sure = upload.report.get("sure") if upload.report else None
    found = SOURCES[upload.source].check(upload, by=by, today=today)
    upload.preview = dump_rows(found.rows)
    upload.report = found.entry | {
        "rows": found.counts,
        "held": sorted(map(list, found.held)),
        "blocks": found.blocks,
        "good": found.good,
        "sure": bool(sure) or (bool(upload.guides) or _is_sure(found.entry)),
    }
    upload.checked_at = timezone.now()
    nothing = report.changes_nothing(found.entry) and not found.held and not found.blocks
    if first and nothing and upload.is_sure:
        _end(upload, UploadState.UNCHANGED, save=False)
    return found


def _is_sure(entry: dict[str, Any]) -> bool:
    """Whether every column of every sheet was understood."""
    read = [sheet for sheet in entry["sheets"] if sheet["columns"]]
    return bool(read) and not any(sheet["unrecognised"] for sheet in read)


# --- to the end -------------------------------------------------------------------------------------


def confirm(
    *, upload: RosterUpload, by: "User", today: date, part: bool = False, request: "HttpRequest | None" = None
) -> RosterUpload:
    """Load the session's rows, compared anew; what has changed since the preview is shown before it is done.

    With `part` only the good rows go in and the others stay for later; without it there must be none.
    """
    require(by, upload.source)
    with transaction.atomic():
        # One file sent twice: whoever comes second waits here and then finds the other's work done.
        same_file = RosterUpload.objects.filter(township=upload.township_id, sha256=upload.sha256)
        list(same_file.select_for_update().order_by("pk").values_list("pk"))
        upload = locked(upload)
        held: set[RowKey] = {(sheet, row) for sheet, row in upload.report.get("held", ())}
        if not upload.is_open or upload.report.get("blocks") or (held and not part):
            return upload
        entry, loaded = SOURCES[upload.source].apply(upload, by=by, today=today, held=held, request=request)
        if entry["status"] in DONE:
            _note_run(upload, entry, by, loaded, bool(held))
            if entry["status"] == report.UNCHANGED:
                upload.report["told"] = _loaded_by_another(upload, same_file)
            if held:
                _check(upload, by=by, today=today)
        else:
            _check(upload, by=by, today=today)
            upload.report["moved"] = _loaded_by_another(upload, same_file) or MOVED
        upload.save()
        return upload


MOVED = "预览之后系统里的内容有变动，下面是重新比对的结果，请看过再确认。"


def _loaded_by_another(upload: RosterUpload, same_file: "models.QuerySet[RosterUpload]") -> str:
    """A sentence on who has loaded the same file, "" when nobody has."""
    other = same_file.exclude(pk=upload.pk).exclude(runs=[]).select_related("by").first()
    return f"同一个文件已由{other.by.full_name}导入，没有再导入一遍。" if other is not None else ""


def _note_run(
    upload: RosterUpload, entry: dict[str, Any], by: "User", loaded: set[RowKey], more: bool
) -> None:
    """Write down what one run has done; the last one ends the session."""
    skipped = [
        {"sheet": row["sheet"], "row": row["row"], "title": row["title"], "reason": row["reason"]}
        for row in upload.preview
        if row["state"] == "skipped"
    ]
    if entry["status"] == report.APPLIED:
        upload.runs = [
            *upload.runs,
            {
                "action": entry["action"],
                "at": timezone.now().isoformat(),
                "by": by.full_name,
                "rows": len(loaded),
                "counts": report.changing(entry["counts"]),
            },
        ]
    mends = Mends.of_data(upload.mends)
    done = dict.fromkeys(loaded, len(upload.runs))
    upload.mends = replace(mends, done=mends.done | done).as_data()
    upload.report |= entry
    upload.report["skipped"] = skipped
    if more:
        upload.state = UploadState.PARTIAL
    else:
        _end(upload, UploadState.APPLIED if upload.runs else UploadState.UNCHANGED, save=False)


def discard(*, upload: RosterUpload, by: "User") -> RosterUpload:
    """Drop what is kept of a file whose session is still open; what it has loaded stays loaded."""
    require(by, upload.source)
    with transaction.atomic():
        upload = locked(upload)
        if upload.is_open:
            COPIES.remove(upload.copy_name)
            upload.copy_name = ""
            _end(upload, UploadState.APPLIED if upload.runs else UploadState.DISCARDED)
        return upload


def _end(upload: RosterUpload, state: UploadState, *, save: bool = True) -> None:
    upload.state, upload.rows, upload.preview = state, None, []
    upload.ended_at = timezone.now()
    if save:
        upload.save()


def drop_old() -> int:
    """End sessions nobody has touched for a month, and delete files 90 days after their end.

    Returns the number of sessions ended.
    """
    now = timezone.now()
    idle = RosterUpload.objects.filter(state__in=OPEN, at__lt=now - KEPT_FOR).exclude(
        checked_at__gte=now - KEPT_FOR
    )
    ended = 0
    for upload in idle.defer("rows", "preview"):
        _end(upload, UploadState.APPLIED if upload.runs else UploadState.DISCARDED)
        ended += 1
    for upload in RosterUpload.objects.filter(ended_at__lt=now - FILE_KEPT_FOR).exclude(copy_name=""):
        COPIES.remove(upload.copy_name)
        upload.copy_name = ""
        upload.save(update_fields=["copy_name"])
    return ended
