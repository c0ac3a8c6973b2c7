"""Work in a process of its own: started by the web pages, going on when the tab is closed."""

import subprocess
import sys
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from township.choices import JobState
from township.models import SILENCE, Job

PROCESSES = 2  # of one kind of job at once; those take the queue one by one
_children: list[subprocess.Popen[bytes]] = []


def start_process(job: Job, command: str) -> None:
    """Start `manage.py COMMAND NUMBER` on its own, unless enough of its kind are at work."""
    _children[:] = [child for child in _children if child.poll() is None]
    if _at_work(type(job), timezone.now()).count() >= PROCESSES:
        return
    _children.append(
        subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), command, str(job.pk)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=settings.BASE_DIR,
        )
    )


def is_worked(model: type[Job], now: datetime) -> bool:
    """Whether somebody works on the queue: what waits in it is then not forgotten, however long it waits."""
    return _at_work(model, now).exists()


def _at_work(model: type[Job], now: datetime) -> QuerySet[Job]:
    return model._default_manager.filter(state=JobState.RUNNING, seen_at__gt=now - SILENCE)


def claim(model: type[Job], pk: int) -> bool:
    """Take a waiting job; False when another process has taken it."""
    waiting = model._default_manager.filter(pk=pk, state=JobState.QUEUED)
    return bool(waiting.update(state=JobState.RUNNING, seen_at=timezone.now()))


def next_waiting(model: type[Job]) -> int | None:
    """The oldest job in the queue."""
    waiting = model._default_manager.filter(state=JobState.QUEUED).order_by("pk")
    return waiting.values_list("pk", flat=True).first()


def note(job: Job, **values: object) -> None:
    """Write how far a job has come; also its sign of life."""
    for name, value in {**values, "seen_at": timezone.now()}.items():
        setattr(job, name, value)
    job.save(update_fields=[*values, "seen_at"])
