"""What is done with a zip of many tables: ordered, made file by file, stopped, gone on with, taken."""

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from grids import access
from grids.models import Node
from reports.annexes import files
from reports.annexes.actions import require_place
from reports.annexes.registry import Order
from reports.batches.packing import zipped
from reports.batches.pieces import Piece, make, pieces_of
from reports.exportlog.actions import Issued, Leaving, issue
from reports.models import ExportBatch, ExportRecord
from township import audit, jobs
from township.choices import Deed, JobState
from township.models import User

COMMAND = "run_batch"
MOST_FILES = 2000
BUSY = "您已有一个打包任务没有完成，请等它完成，或先停止它。"
FAILURE = "打包时出错，没有完成。请点“继续”；如再次失败，请把时间告诉系统管理员。"
logger = logging.getLogger(__name__)


@transaction.atomic
def request_batch(
    *,
    tables: Sequence[int],
    formats: Sequence[str],
    places: Sequence[Node],
    township_table: bool,
    by: User,
    purpose: str = "",
) -> ExportBatch:
    """Put a zip in the queue. Raises ValidationError when one is under way or too much is asked for."""
    access.require(by, access.Right.EXPORT_ROSTER)
    if township_table:
        require_place(None, by)
    for place in places:
        require_place(place, by)
    now = timezone.now()
    going_on = ExportBatch.objects.visible_to(by).filter(state__in=(JobState.QUEUED, JobState.RUNNING))
    if any(not batch.is_silent(now) for batch in going_on):
        raise ValidationError(BUSY)
    wanted = [0] * township_table + [place.pk for place in places]
    total = len(wanted) * len(tables) * len(formats)
    if not total:
        raise ValidationError("请至少选一张表、一种格式、一个单位。")
    if total > MOST_FILES:
        raise ValidationError(f"一次最多打包 {MOST_FILES} 份文件，现在是 {total} 份，请分几次。")
    if by.township is None:
        raise PermissionDenied("您的账号不属于任何乡镇。")
    batch = ExportBatch.objects.create(
        user=by,
        township=by.township,
        year=timezone.localdate().year,
        tables=list(tables),
        formats=list(formats),
        places=wanted,
        purpose=purpose,
        total=total,
    )
    transaction.on_commit(lambda: start_process(batch))
    return batch


def start_process(batch: ExportBatch) -> None:
    """See that somebody works on the queue."""
    jobs.start_process(batch, COMMAND)


@transaction.atomic
def cancel(*, batch: ExportBatch) -> None:
    """Take it out of the queue, or ask the process to stop after the file at hand; what is made stays."""
    if batch.state == JobState.QUEUED or batch.is_silent(timezone.now()):
        jobs.note(batch, state=JobState.CANCELLED)
    elif batch.state == JobState.RUNNING:
        jobs.note(batch, cancelled=True)


@transaction.atomic
def retry(*, batch: ExportBatch, by: User) -> None:
    """Go on where it stopped; files that are made are not made again."""
    access.require(by, access.Right.EXPORT_ROSTER)
    stopped = batch.state in (JobState.FAILED, JobState.CANCELLED)
    if stopped or batch.is_silent(timezone.now()):
        jobs.note(batch, state=JobState.QUEUED, error="", cancelled=False)
        transaction.on_commit(lambda: start_process(batch))


# --- making -----------------------------------------------------------------------------------------


def run_job(pk: int) -> ExportBatch | None:
    """Make one waiting zip; None when another process has taken it."""
    if not jobs.claim(ExportBatch, pk):
        return None
    batch = ExportBatch.objects.select_related("user__township", "township").get(pk=pk)
    try:
        _make(batch)
    except PermissionDenied:
        jobs.note(batch, state=JobState.FAILED, error="您的岗位已变动，不能再导出其中的表。")
    except files.NotPrintable as why:
        jobs.note(batch, state=JobState.FAILED, error=f"{batch.current}：{why}"[:200])
    except Exception:  # whatever happens, the page must say that it ended
        logger.exception("export batch %s failed", pk)
        jobs.note(batch, state=JobState.FAILED, error=FAILURE)
    return batch


def run_queue() -> int:
    """Make whatever waits, oldest first; returns how many."""
    done = 0
    while pk := jobs.next_waiting(ExportBatch):
        done += run_job(pk) is not None
    return done


def folder_of(batch: ExportBatch) -> Path:
    """Where its files lie until the zip is whole."""
    return Path(settings.EXPORT_DIR) / f"batch-{batch.pk}"


def zip_of(batch: ExportBatch) -> Path:
    """Where the finished zip is kept for a month."""
    return Path(settings.EXPORT_DIR) / f"batch-{batch.pk}.zip"


def _make(batch: ExportBatch) -> None:
    access.require(batch.user, access.Right.EXPORT_ROSTER)
    made = {
        (record.organisation_id, record.table, record.format): record
        for record in batch.records.all()
        if _path(batch, record).exists()
    }
    found: dict[ExportRecord, Path] = {}
    empty: list[tuple[str, str]] = []
    for number, piece in enumerate(pieces_of(batch)):
        if ExportBatch.objects.filter(pk=batch.pk, cancelled=True).exists():
            jobs.note(batch, state=JobState.CANCELLED, current="")
            return
        jobs.note(batch, done=number, current=piece.title)
        record = made.get(piece.key) or _one(piece, batch)
        if record is None:
            empty.append((piece.place.name if piece.place else "全乡", piece.label))
        else:
            found[record] = _path(batch, record)
    _pack(batch, found, list(dict.fromkeys(empty)))


def _one(piece: Piece, batch: ExportBatch) -> ExportRecord | None:
    require_place(piece.place, batch.user)
    now = timezone.localtime()
    order = Order(
        township=batch.township,
        year=batch.year,
        today=now.date(),
        organisation=piece.place,
        user=batch.user,
        exported=f"{now:%Y-%m-%d %H:%M}",
    )

    def alive(done: int, total: int) -> None:
        jobs.note(batch, current=f"{piece.title}（第 {done} 页，共 {total} 页）")

    issued = make(piece, batch, order, alive)
    if issued is None:
        return None
    _keep(issued, _path(batch, issued.record))
    return issued.record


def _keep(issued: Issued, path: Path) -> None:
    """On disk after its line is written: a lock held while it is made would stop everybody."""
    content = issued.content.getvalue()
    files.write_whole(path, lambda to: to.writelines([content]))


def _path(batch: ExportBatch, record: ExportRecord) -> Path:
    return folder_of(batch) / f"{record.number}.{record.format}"


def _pack(batch: ExportBatch, found: dict[ExportRecord, Path], empty: list[tuple[str, str]]) -> None:
    rows = sum(record.rows for record in found)
    single = batch.places[0] if len(batch.places) == 1 else 0
    place = Node.objects.filter(pk=single).first()
    name = files.safe_name(
        batch.township.name,
        place.name if place else "",
        "打包",
        f"{timezone.localdate():%Y%m%d}",
        suffix="zip",
    )
    leaving = Leaving(
        township=batch.township,
        name=name,
        table=f"打包 {len(found)} 份",
        format="zip",
        rows=rows,
        purpose=batch.purpose,
        organisation=place,
        place="" if place else f"{len(batch.places)} 个单位",
        batch=batch,
    )
    issued = issue(leaving, lambda serial: zipped(batch, found, empty, serial), by=batch.user)
    _keep(issued, zip_of(batch))
    jobs.note(batch, state=JobState.DONE, done=batch.total, rows=rows, file_name=name, current="", error="")
    shutil.rmtree(folder_of(batch), ignore_errors=True)
    files.drop_old(zip_of(batch).parent)


def take(*, batch: ExportBatch, by: User, request: HttpRequest) -> Path | None:
    """The finished zip for its owner, with an entry in the log each time; None when it has gone."""
    access.require(by, access.Right.EXPORT_ROSTER)
    path = zip_of(batch)
    if batch.state != JobState.DONE or not path.exists():
        return None
    record = batch.records.filter(format="zip").latest("number")
    note = f"下载压缩包，编号 {record.serial}"
    audit.record(by=by, deed=Deed.EXPORT, target=batch.file_name, rows=batch.rows, note=note, request=request)
    return path
