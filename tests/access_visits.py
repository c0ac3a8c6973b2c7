"""Who may open what of visits, for access_matrix.py."""

from tests.access_seats import (
    CLERK,
    EDITORS,
    EXPORTERS,
    HANDLERS,
    READERS,
    SECRETARY,
    VISITORS,
    Row,
)

VISITS: list[Row] = [
    # visits
    Row("services:visits", get=READERS),
    Row("services:matters", get=READERS),
    *(
        row
        for code in ("visits", "due", "plans", "checks", "events", "matters")
        for row in (
            Row("services:register", get=READERS, args={"code": code}),
            Row(
                "services:register_file",
                post=frozenset({SECRETARY}) if code == "plans" else EXPORTERS,
                args={"code": code, "format": "xlsx"},
            ),
        )
    ),
    Row("services:visit_new", get=VISITORS, post=VISITORS),
    Row("services:visit", get=READERS, kind="visit"),
    Row("services:visit_edit", get=EDITORS, post=EDITORS, kind="visit"),
    Row("services:visit_callback", post=EDITORS, kind="visit"),
    Row("services:matter_new", get=VISITORS, post=VISITORS),
    Row("services:matter", get=READERS, kind="matter"),
    Row("services:matter_edit", get=EDITORS, post=EDITORS, kind="matter"),
    Row("services:matter_step", post=HANDLERS, kind="matter"),
    Row("services:event_new", get=VISITORS, post=VISITORS, query="sort=report"),
    Row("services:event", get=READERS, post=EDITORS, kind="grid_event"),
    Row("services:check_new", get=VISITORS, post=VISITORS),
    Row("services:check", get=READERS, post=HANDLERS, kind="four_clear_check"),
    Row("services:plan_new", get=VISITORS - {CLERK}, post=VISITORS - {CLERK}),
    Row("services:plan", get=VISITORS - {CLERK}, post=VISITORS - {CLERK}, kind="visit_plan"),
    Row("services:plan_end", post=VISITORS - {CLERK}, kind="visit_plan"),
    # errands
    Row("services:tickets", get=READERS),
    Row("services:tickets_file", post=EXPORTERS, args={"format": "xlsx"}),
    Row("services:ticket_deadlines", get=READERS),
    Row("services:ticket_statistics", get=READERS),
    Row("services:ticket_new", get=VISITORS, post=VISITORS),
    Row(
        "services:ticket_new",
        get=VISITORS,
        post=VISITORS,
        kind="window",
        query="item=none&grid={pk}",
        guard="right",
    ),
    Row("services:ticket", get=READERS, kind="ticket"),
    Row("services:ticket_taken", get=VISITORS, kind="ticket"),
    Row("services:ticket_edit", get=VISITORS, post=VISITORS, kind="ticket"),
    Row("services:ticket_step", post=VISITORS, kind="ticket", args={"code": "finish"}),
    Row("services:home", get=READERS, kind="household"),
    Row("services:home_pace", post=HANDLERS, kind="household"),
    Row("services:diary", get=READERS),
    Row("services:diary_file", post=READERS, args={"paper": "A5"}),
    Row("services:diary_remark", post=EDITORS, kind="grid", args={"month": "2026-09"}),
    Row("services:coverage", get=READERS),
    Row("services:coverage_file", post=EXPORTERS, args={"format": "xlsx"}),
    Row("services:walk", get=READERS),
    Row("services:walk_file", post=VISITORS, args={"format": "xlsx"}),
    Row("services:leave", get=EXPORTERS, kind="person"),
    Row("services:leave_file", post=EXPORTERS, kind="person", args={"format": "xlsx"}),
]
