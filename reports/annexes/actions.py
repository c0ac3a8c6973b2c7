"""What is done with an annex: export it at once, order a long PDF, print it in a process of its own."""

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from grids import access
from grids.models import Node
from grids.queries.as_of import standing
from reports.annexes import files
from reports.annexes.queries import organisations
from reports.annexes.registry import PRINTABLE, Annex, Built, Order
from reports.exportlog.actions import Issued, Leaving, issue
from reports.exportlog.rules import foot_of
from reports.filing.acceptance import acceptance_of, mark_of, reception_of
from reports.models import ExportBatch, ExportJob
from township import jobs
from township.choices import JobState
from township.models import User

ROWS_AT_ONCE = 300  # decisions 2: anything longer is printed in its own process
FAILURE = "生成时出错，没有完成。请重试；如再次失败，请把时间告诉系统管理员。"
logger = logging.getLogger(__name__)


def watermark(user: User) -> str:
    """单位 姓名 时间."""
    unit = user.township.name if user.township else ""
    return f"{unit} {user.full_name} {timezone.localtime():%Y-%m-%d %H:%M}".strip()


def leaving(
    annex: Annex,
    order: Order,
    built: Built,
    *,
    suffix: str,
    purpose: str = "",
    batch: ExportBatch | None = None,
) -> Leaving:
    """What the log says of an annex on its way out, and whether it is a draft."""
    return Leaving(
        township=order.township,
        name=files.file_name(annex, order, suffix),
        table=annex.label,
        format=suffix,
        rows=built.rows,
        purpose=purpose,
        organisation=order.organisation,
        acceptance=acceptance_of(order, annex.number, built, reception_of(order)),
        batch=batch,
    )


def words(asked: Leaving, annex: Annex, by: User | None, *, names: bool = False) -> str:
    """What stands across the pages: 草稿 until accepted, and who takes it if it names people."""
    return mark_of(asked.acceptance, watermark(by) if by and (annex.personal or names) else "")


def export_xlsx(*, annex: Annex, order: Order, by: User, purpose: str, request: HttpRequest) -> Issued:
    """The workbook at once, whatever its length, with an audit entry."""
    access.require(by, access.Right.EXPORT_ROSTER)
    order = replace(order, user=by, on_screen=False)
    require_place(order.organisation, by)
    built = annex.build(order)
    whole = built.detailed()
    asked = leaving(annex, order, built, suffix="xlsx", purpose=purpose)
    asked = replace(asked, rows=whole.rows)
    text = words(asked, annex, by, names=len(whole.sheets) > len(built.sheets))
    return issue(
        asked,
        lambda serial: files.workbook(whole.sheets, watermark=text, mark=foot_of(serial)),
        by=by,
        request=request,
    )


def export_pdf(
    *, annex: Annex, order: Order, mode: files.Mode, by: User, purpose: str, request: HttpRequest
) -> Issued | ExportJob:
    """A short PDF at once; a long one becomes a job."""
    access.require(by, access.Right.EXPORT_ROSTER)
    order = replace(order, user=by, on_screen=False)
    require_place(order.organisation, by)
    built = annex.build(order)
    if built.rows > ROWS_AT_ONCE:
        return request_job(annex=annex, order=order, mode=mode, by=by, purpose=purpose, rows=built.rows)
    kept = files.keep_pdf(built.sheets, mode=mode)
    asked = leaving(annex, order, built, suffix="pdf", purpose=purpose)
    return issue_pdf(asked, kept.path, annex, by=by, request=request)


def issue_pdf(
    asked: Leaving, path: Path, annex: Annex, *, by: User, request: HttpRequest | None = None
) -> Issued:
    """A kept PDF on its way out, stamped for who takes it."""
    text = words(asked, annex, by)
    return issue(asked, lambda serial: files.stamped(path, text, foot_of(serial)), by=by, request=request)


# --- jobs -------------------------------------------------------------------------------------------


@transaction.atomic
def request_job(
    *, annex: Annex, order: Order, mode: files.Mode, by: User, purpose: str, rows: int
) -> ExportJob:
    """Put a long PDF in the queue and see that somebody works on it.

    Raises NotPrintable when the organisation of a past day has no row of its own any more.
    """
    access.require(by, access.Right.EXPORT_ROSTER)
    job = ExportJob.objects.create(
        user=by,
        township=order.township,
        organisation=order.organisation,
        annex=annex.number,
        year=order.year,
        day=order.today if order.past else None,
        mode=mode,
        paper=order.paper,
        household_phone=order.household_phone,
        upper=order.upper,
        purpose=purpose,
        rows=rows,
    )
    if order.past:  # an organisation of then may have been undone since; asked now, it can be told
        try:
            connection.check_constraints([ExportJob._meta.db_table])
        except IntegrityError as why:
            raise files.NotPrintable(
                f"“{order.place}”的登记后来撤销了，不能在后台打印，请下载 Excel 再打印。"
            ) from why
    transaction.on_commit(lambda: start_process(job))
    return job


@transaction.atomic
def retry_job(*, job: ExportJob, by: User) -> ExportJob:
    """Put a failed or interrupted job in the queue again."""
    access.require(by, access.Right.EXPORT_ROSTER)
    if job.state == JobState.FAILED or job.is_silent(timezone.now()):
        jobs.note(job, state=JobState.QUEUED, error="", pages_done=0, pages_total=0)
        transaction.on_commit(lambda: start_process(job))
    return job


def start_process(job: ExportJob) -> None:
    """See that somebody works on the queue."""
    jobs.start_process(job, "run_export")


def run_job(pk: int) -> ExportJob | None:
    """Print one waiting job; None when another process has taken it."""
    if not jobs.claim(ExportJob, pk):
        return None
    job = ExportJob.objects.select_related("user__township", "township", "organisation").get(pk=pk)
    try:
        sha256, rows = _print(job)
    except PermissionDenied:
        jobs.note(job, state=JobState.FAILED, error="您的岗位已变动，不能再导出这份表。")
    except files.NotPrintable as why:
        jobs.note(job, state=JobState.FAILED, error=str(why))
    except Exception:  # whatever happens, the page must say that it ended
        logger.exception("export job %s failed", pk)
        jobs.note(job, state=JobState.FAILED, error=FAILURE)
    else:
        jobs.note(job, state=JobState.DONE, sha256=sha256, rows=rows, error="")
    return job


def run_queue() -> int:
    """Print whatever waits, oldest first; returns how many."""
    done = 0
    while pk := jobs.next_waiting(ExportJob):
        done += run_job(pk) is not None
    return done


def _tables_of(job: ExportJob) -> AbstractContextManager[None]:
    """Lets the queries read what the job shows: a past day, or the present."""
    return standing(job.day, township_id=job.township_id) if job.day else nullcontext()


def order_of(job: ExportJob, *, by: User) -> Order:
    """The order as it was given, if it is still the user's to give. Asked inside the job's tables."""
    organisation = job.organisation
    if job.day and organisation is not None:
        organisation = Node.objects.get(pk=organisation.pk)  # under its name of then
    require_place(organisation, by)
    return Order(
        township=job.township,
        year=job.year,
        today=job.day or timezone.localdate(),
        past=job.day is not None,
        organisation=organisation,
        user=by,
        household_phone=job.household_phone,
        upper=job.upper,
        paper=job.paper,
    )


def require_place(organisation: Node | None, by: User) -> None:
    """Raise PermissionDenied unless this organisation (None: the whole township) is in the user's scope."""
    if organisation is None:
        seen = access.scope_of(by).whole_township
    else:
        seen = organisations(by).filter(pk=organisation.pk).exists()
    if not seen:
        raise PermissionDenied("这份表不在您的负责范围内。")


def _print(job: ExportJob) -> tuple[str, int]:
    access.require(job.user, access.Right.EXPORT_ROSTER)  # by today's posts, whatever day is shown
    with _tables_of(job):
        order = order_of(job, by=job.user)
        built: Built = PRINTABLE[job.annex].build(order)
        job.acceptance = acceptance_of(order, job.annex, built, reception_of(order))

    def progress(done: int, total: int) -> None:
        jobs.note(job, pages_done=done, pages_total=total)

    kept = files.keep_pdf(built.sheets, mode=files.mode_of(job.mode), progress=progress)
    jobs.note(job, acceptance=job.acceptance)  # of what is printed, however long it waits to be taken
    return kept.sha256, built.rows


def job_file(*, job: ExportJob, by: User, request: HttpRequest) -> Issued | None:
    """A finished job's PDF, stamped for who takes it; None when the kept file has gone."""
    access.require(by, access.Right.EXPORT_ROSTER)
    path = files.kept_path(job.sha256)
    if job.state != JobState.DONE or not path.exists():
        return None
    annex = PRINTABLE[job.annex]
    with _tables_of(job):
        order = order_of(job, by=by)
    asked = Leaving(
        township=job.township,
        name=files.file_name(annex, order, "pdf"),
        table=annex.label,
        format="pdf",
        rows=job.rows,
        purpose=job.purpose,
        organisation=job.organisation,
        acceptance=job.acceptance,
    )
    return issue_pdf(asked, path, annex, by=by, request=request)
