"""Processes that take in errands all at once, or are shot in the middle of a step; run by test_processes.py.

Django is started once and each process forked from it, since a start takes longer than all the work.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

WRITES = ("INSERT", "UPDATE", "DELETE")
NOON = datetime(2026, 9, 21, 4, tzinfo=UTC)


def forked(work: Callable[[], None]) -> int:
    """The number of a process with a connection of its own that does the work."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        connections.close_all()
        os._exit(code)


class Shot:
    """Kills the process at the n-th statement that writes."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let the others pass."""
        if sql.lstrip().upper().startswith(WRITES):
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def take_in(user: Any, node: Any, client_id: str, **more: Any) -> Any:
    """One errand."""
    from services.tickets.actions.intake import take_in as take

    data = {"node": node, "kind": "promised", "promised_days": 5, "subject": "高龄津贴", "consented": True}
    return take(data=data | {"applicant_name": "李"} | more, by=user, now=NOON, client_id=client_id)


def at_once(user: Any, node: Any, count: int) -> None:
    """So many at the same moment, two of them the same errand sent twice."""
    begin = time.time() + 0.5

    def work(number: int) -> Callable[[], None]:
        def take() -> None:
            time.sleep(max(0, begin - time.time()))
            take_in(user, node, f"{number:032x}")

        return take

    children = [forked(work(number)) for number in [*range(count), 0]]
    for child in children:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def state() -> Any:
    """Everything a step may write."""
    from services.models import Chase, JointPart, Ticket, TicketBook, TicketPaper, TicketPause
    from township.models import Action, AuditEvent

    models = (Ticket, Ticket.history.model, TicketBook, TicketPaper, TicketPause, JointPart, Chase)
    found = [list(model.objects.order_by("pk").values_list()) for model in models]
    return [*found, Action.objects.count(), AuditEvent.objects.count()]


def _shot(at: int, work: Callable[[], None]) -> Callable[[], None]:
    def shot() -> None:
        from django.db import connection

        with connection.execute_wrapper(Shot(at)):
            work()

    return shot


def shot_at_each_write(name: str, work: Callable[[], None]) -> dict[str, Any]:
    """Killed at the first write, at the second, until it comes through; each time all is as before."""
    from django.db import connections

    before, kills = state(), 0
    while True:
        ended = os.waitstatus_to_exitcode(os.waitpid(forked(_shot(kills + 1, work)), 0)[1])
        after = state()
        connections.close_all()
        if ended == 0:
            return {"step": name, "kills": kills, "changed": after != before}
        assert ended == -signal.SIGKILL, f"{name}: {ended}"
        assert after == before, f"{name} left something at write {kills + 1}"
        kills += 1


def walk(user: Any, node: Any) -> list[dict[str, Any]]:
    """An errand from the window to its box, shot at every write on the way."""
    from services.models import Ticket
    from services.tickets.actions.steps import take_step
    from services.tickets.given import GivenPaper

    day = NOON.date()
    papers = [GivenPaper("照片", here=False)]
    steps: list[tuple[str, dict[str, Any]]] = [
        ("chase", {"chase": "chase", "who": "社保所", "text": "请抓紧"}),
        ("notify", {"papers": papers}),
        ("complete", {"kind": "promised", "day": day}),
        ("finish", {"text": "办好", "day": day}),
        ("deliver", {"who": "李", "day": day}),
        ("callback", {"satisfaction": "good", "day": day}),
        ("archive", {"box": 1}),
        ("reopen", {"kind": "promised", "text": "退回"}),
        ("decline", {"text": "不符合", "basis": "办法"}),
        ("explain", {"who": "王", "day": day}),
    ]
    found = [shot_at_each_write("take_in", lambda: take_in(user, node, "a" * 32))]
    for code, facts in steps:

        def work(code: str = code, facts: dict[str, Any] = facts) -> None:
            take_step(ticket=Ticket.objects.get(), code=code, facts=facts, by=user, now=NOON)

        found.append(shot_at_each_write(code, work))
    return found


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "township.settings"
    django.setup()
    from grids.models import Node
    from township.models import User

    what, user_id, node_id = sys.argv[1:4]
    user, node = User.objects.get(pk=user_id), Node.objects.select_related("township").get(pk=node_id)
    if what == "at_once":
        at_once(user, node, int(sys.argv[4]))
    else:
        sys.stdout.write(json.dumps(walk(user, node)))
