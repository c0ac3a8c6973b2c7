"""Who may open what: one row or more for every address of the product, read by test_access_matrix.py.

A row says which seats may GET and which may POST, and what its number names. An address without a row fails
the suite. Whoever lacks the right gets 403, whoever cannot see the row gets 404; where both hold, 404 wins
unless the row says `guard="right"`.
"""

from django.utils.timezone import localdate

from tests.access_papers import PAPERS
from tests.access_phone import PHONES
from tests.access_seats import (
    ADMINS,
    AUDITORS,
    EDITORS,
    EVERYONE,
    EXPORTERS,
    HANDLERS,
    OFFICE,
    READERS,
    TOWN,
    Row,
)
from tests.access_services import SERVICES
from tests.access_tickets import TICKETS
from tests.access_visits import VISITS


def _list(url: str, *, args: dict[str, str | int] | None = None) -> list[Row]:
    """A roster list: read by all Party seats, taken out by those who may export."""
    return [
        Row(url, get=READERS, args=args or {}),
        Row(url, get=EXPORTERS, args=args or {}, query="export=xlsx", logs=True),
    ]


KEPT = (("node", "household"), ("person", "person"), ("post", "post"))
ROWS: list[Row] = [
    # one's own session
    Row("township:login", get=EVERYONE, post=EVERYONE, public=True, led_on=EVERYONE),
    Row("township:logout", post=EVERYONE, public=True),
    Row("township:password", get=EVERYONE, post=EVERYONE),
    Row("township:preferences", post=EVERYONE),
    Row("reports:home", get=EVERYONE, led_on=ADMINS | AUDITORS),
    Row("reports:todo", get=EDITORS),
    Row("reports:goals", get=READERS),
    # the office's desk
    Row("reports:villages", get=OFFICE),
    Row("reports:matrix_export", get=OFFICE, logs=True),
    Row("reports:matrix_recount", post=OFFICE),
    Row("reports:chasing", get=OFFICE),
    Row("reports:chase", post=TOWN, kind="root"),
    Row("reports:chase_all", post=TOWN),
    # accounts and log
    Row("township:users", get=ADMINS),
    Row("township:users_export", get=ADMINS, logs=True),
    Row("township:user_add", get=ADMINS, post=ADMINS),
    Row("township:phones", get=ADMINS, post=ADMINS),
    Row("township:user_edit", get=ADMINS, post=ADMINS, kind="account", guard="right"),
    Row("township:user_person", get=ADMINS, post=ADMINS, kind="account", guard="right"),
    Row("township:user_reset", post=ADMINS, kind="account", guard="right"),
    Row("township:user_unlock", post=ADMINS, kind="account", guard="right"),
    Row("township:audit", get=AUDITORS),
    Row("township:audit_export", get=AUDITORS, logs=True),
    # the tree
    Row("grids:tree", get=READERS),
    Row("grids:tree_children", get=READERS, kind="member"),
    Row("grids:search", get=READERS),
    Row("grids:search", get=READERS, query="q=d"),
    Row("grids:search", get=READERS, query="q=d&kind=household"),
    Row("grids:search_suggest", get=READERS, query="q=d"),
    Row("grids:saved_views", get=READERS, args={"listing": "household"}),
    Row("grids:saved_view_add", post=READERS),
    Row("grids:saved_view_change", post=READERS, kind="view", guard="right"),
    *(
        Row("grids:bulk", post=EDITORS, args={"kind": kind})
        for kind in ("grid", "group", "hub", "member", "household")
    ),
    Row("grids:node", get=READERS, kind="household"),
    Row("grids:node", get=READERS, kind="member"),
    Row("grids:node", get=READERS, kind="group"),
    Row("grids:node_add", get=EDITORS, post=EDITORS, kind="member", query="kind=household&parent={pk}"),
    Row("grids:node_add", get=TOWN, post=TOWN, query="kind=branch", note="a new village"),
    Row("grids:node_edit", get=EDITORS, post=EDITORS, kind="household"),
    Row("grids:node_edit", get=EDITORS, post=EDITORS, kind="group"),
    Row("grids:node_move", get=EDITORS, post=EDITORS, kind="household"),
    Row("grids:structure", get=EDITORS, kind="hub"),
    Row("grids:children_move", get=EDITORS, post=EDITORS, kind="group"),
    Row("grids:split", get=EDITORS, post=EDITORS, kind="hub"),
    Row("grids:merge", get=EDITORS, post=EDITORS, kind="hub"),
    Row("grids:raise", get=TOWN, post=TOWN, kind="root"),
    Row("grids:industry", get=EDITORS, post=EDITORS, kind="root"),
    *_list("grids:gaps"),
    Row("grids:gap_lane", get=EDITORS, post=EDITORS, kind="villager_group"),
    Row("grids:node_close", get=EDITORS, post=EDITORS, kind="household"),
    Row("grids:node_reopen", post=EDITORS, kind="household"),
    Row("grids:node_phone", post=READERS, kind="household"),
    *(
        row
        for kind in ("grid", "group", "hub", "member", "household")
        for row in _list("grids:node_list", args={"kind": kind})
    ),
    # histories
    Row("grids:node_then", get=READERS, kind="household"),
    Row("grids:actions", get=READERS),
    Row("grids:action", get=READERS, kind="action"),
    Row("grids:action_undo", get=EDITORS, post=EDITORS, kind="action", guard="right"),
    *(Row("grids:timeline", get=READERS, kind=kind, args={"what": what}) for what, kind in KEPT),
    *(Row("grids:timeline_back", post=EDITORS, kind=kind, args={"what": what}) for what, kind in KEPT),
    # people, posts, villager groups
    *_list("grids:people"),
    Row("grids:person", get=READERS, kind="person"),
    Row("grids:person_add", get=EDITORS, post=EDITORS),
    Row("grids:person_edit", get=EDITORS, post=EDITORS, kind="person"),
    Row("grids:person_phone", post=READERS, kind="person"),
    Row("grids:person_twins", get=EDITORS, query="name=张三&phone=13800001234"),
    Row("grids:duplicates", get=EDITORS),
    Row("grids:person_merge", get=EDITORS, post=EDITORS, kind="person", guard="right"),
    Row("grids:person_handover", get=EDITORS, post=EDITORS, kind="person", guard="right"),
    *_list("grids:posts"),
    Row("grids:post_add", get=EDITORS, post=EDITORS, kind="group", query="node={pk}", guard="right"),
    Row("grids:post_add", get=TOWN, post=TOWN, query="town=1"),
    Row("grids:post_edit", get=EDITORS, post=EDITORS, kind="post"),
    Row("grids:post_end", get=EDITORS, post=EDITORS, kind="post"),
    *_list("grids:villager_groups"),
    Row("grids:villager_group_add", post=EDITORS),
    Row("grids:villager_group_rename", post=EDITORS, kind="villager_group"),
    # many rows at once
    Row("grids:entry", get=EDITORS, args={"code": "household"}),
    *(
        Row("grids:entry", get=EDITORS, kind="group", args={"code": code}, query="node={pk}", guard="right")
        for code in ("household", "member", "hub", "post", "contact")
    ),
    *(
        Row(url, post=EDITORS, kind="group", args={"code": "household"}, query="node={pk}")
        for url in ("grids:entry_check", "grids:entry_save", "grids:entry_draft")
    ),
    # registers as workbooks
    *(
        Row(
            url, get=seats, kind="group", args={"code": "member"}, query="node={pk}", guard="right", logs=True
        )
        for url, seats in (("grids:register_template", EDITORS), ("grids:register_workbook", EDITORS))
    ),
    Row("grids:register_load", get=EDITORS, post=EDITORS, args={"code": "post"}),
    Row("grids:register_load", get=EDITORS, post=EDITORS, args={"code": "reserve"}),
    Row("grids:register_load", get=HANDLERS, post=HANDLERS, args={"code": "meetings"}),
    Row(
        "grids:register_template",
        get=HANDLERS,
        kind="group",
        args={"code": "meetings"},
        query="node={pk}",
        guard="right",
        logs=True,
    ),
    Row("grids:reconcile", get=EDITORS, post=EDITORS, args={"code": "member"}),
    *(
        Row(url, get=get, post=post, kind="group", args={"code": "member"}, query="node={pk}", guard="right")
        for url, get, post in (
            ("grids:reconcile", EDITORS, EDITORS),
            ("grids:reconcile_choose", None, EDITORS),
            ("grids:reconcile_drop", None, EDITORS),
        )
    ),
    *(  # nothing is under way: led to the upload
        Row(
            url,
            get=EDITORS,
            post=post,
            kind="group",
            args={"code": "member"},
            query="node={pk}",
            guard="right",
            led_on=EDITORS,
        )
        for url, post in (("grids:reconcile_columns", EDITORS), ("grids:reconcile_result", None))
    ),
    # rosters as files
    Row("grids:imports", get=HANDLERS),  # a leader of a group loads meetings
    Row("grids:import_new", get=EDITORS, post=EDITORS),
    Row("grids:import_preview", get=EDITORS, kind="upload", guard="right"),
    Row("grids:import_confirm", post=EDITORS, kind="upload", guard="right"),
    Row("grids:import_discard", post=EDITORS, kind="upload", guard="right"),
    Row("grids:import_columns", get=EDITORS, post=EDITORS, kind="upload", guard="right", led_on=EDITORS),
    Row("grids:import_mend", post=EDITORS, kind="upload", guard="right"),
    Row("grids:import_join", post=EDITORS, kind="upload", guard="right"),
    Row("grids:import_undo", post=EDITORS, kind="upload", guard="right"),
    Row("grids:import_errors", get=EDITORS, kind="upload", guard="right", led_on=EDITORS),
    Row("grids:import_file", get=EDITORS, kind="upload", guard="right", led_on=EDITORS),
    # upper contacts
    Row("liaison:contacts", get=READERS),
    Row("liaison:contacts_export", post=EXPORTERS),
    Row("liaison:contact_add", get=EDITORS, post=EDITORS),
    Row("liaison:contact_add", get=TOWN, post=TOWN, query="level=E0"),
    Row("liaison:contact_history", get=READERS, kind="contact"),
    Row("liaison:contact_back", post=EDITORS, kind="contact"),
    Row("liaison:contact_edit", get=EDITORS, post=EDITORS, kind="contact"),
    Row("liaison:contact_end", get=EDITORS, post=EDITORS, kind="contact"),
    # who looks after whom
    Row("liaison:edges", get=READERS),
    *_list("liaison:edge", args={"code": "E5"}),
    *(Row("liaison:edge", get=READERS, args={"code": code}) for code in ("E0", "E1", "E2", "E3", "E4")),
    *(
        Row("liaison:edge", get=READERS, args={"code": code}, query=f"show={show}")
        for code, show in (("E5", "left"), ("E4", "left"), ("E2", "self"))
    ),
    Row("liaison:chain", get=READERS, kind="household"),
    Row("liaison:chain", get=READERS, kind="group"),
    Row("liaison:pyramid", get=READERS),
    Row("liaison:pyramid", get=READERS, kind="grid", query="node={pk}", guard="right"),
    # ratios
    Row("liaison:bands", get=READERS),
    Row("liaison:bands_edit", get=TOWN, post=TOWN, args={"year": localdate().year}),
    Row("liaison:own_bands", get=READERS),
    Row("liaison:own_band_add", get=EDITORS, post=EDITORS),
    Row("liaison:own_band_add", get=EDITORS, post=EDITORS, kind="member", query="node={pk}"),
    Row("liaison:own_band_edit", get=EDITORS, post=EDITORS, kind="own_band"),
    Row("liaison:own_band_end", get=EDITORS, post=EDITORS, kind="own_band"),
    Row("liaison:exceptions", get=READERS),
    Row("liaison:exception_add", get=EDITORS, post=EDITORS),
    Row("liaison:exception_add", get=EDITORS, post=EDITORS, kind="group", query="node={pk}"),
    Row("liaison:exception_confirm", post=TOWN, kind="exception"),
    Row("liaison:exception_decline", get=TOWN, post=TOWN, kind="exception"),
    Row("liaison:exception_end", post=EDITORS, kind="exception"),
    # proposals
    Row("liaison:adjust", get=READERS),
    Row("liaison:adjust_propose", post=EDITORS, kind="grid"),
    Row("liaison:proposals", get=EXPORTERS),
    Row("liaison:proposal_new", get=EDITORS, post=EDITORS),
    Row("liaison:proposal", get=EXPORTERS, kind="proposal", guard="right"),
    Row("liaison:proposal_decide", post=EDITORS, kind="proposal"),
    Row("liaison:proposal_again", post=EDITORS, kind="proposal"),
    Row("liaison:row_wish", get=EDITORS, post=EDITORS, kind="proposal_row"),
    Row("liaison:batch", get=EXPORTERS, kind="batch", guard="right"),
    Row("liaison:batch_cancel", post=EDITORS, kind="batch"),
    Row("liaison:batch_retry", post=EDITORS, kind="batch"),
    Row("liaison:wishes", get=EXPORTERS),
    Row("liaison:wish_end", post=EDITORS, kind="wish"),
    # contact cards
    Row("liaison:cards", get=EXPORTERS),
    Row("liaison:cards", get=EXPORTERS, query="kind=household"),
    Row(
        "liaison:card_file",
        post=EXPORTERS,
        kind="household",
        args={"kind": "member"},
        note="no member hangs under a household: decided as ever, and the printer is left alone",
    ),
    # annexes
    Row("reports:statistics_figures", get=EXPORTERS),
    Row("reports:statistics_figures", get=EXPORTERS, query="export=xlsx", logs=True),
    Row("reports:statistics_correct", get=EDITORS, post=EDITORS, kind="root", args={"code": "member_count"}),
    Row("reports:statistics_typed", get=EDITORS, post=EDITORS, kind="root", led_on=EDITORS),
    Row("reports:statistics_explain", post=EDITORS, kind="root", args={"code": "member_count"}),
    Row("reports:statistics_take_back", post=EDITORS, kind="figure"),
    Row("reports:statistics_layout", get=TOWN, post=TOWN),
    Row("reports:statistics_layout_add", get=TOWN, post=TOWN),
    Row("reports:statistics_layout_column", get=TOWN, post=TOWN, args={"key": "grid_count"}),
    Row("reports:statistics_paper", post=EXPORTERS, args={"format": "xlsx"}),
    Row("reports:snapshot_rows", get=EXPORTERS, kind="snapshot"),
    Row("reports:snapshot_rows", get=EXPORTERS, kind="snapshot", query="code=household_count"),
    Row("reports:statistics_rows", get=READERS, query="code=household_count"),
    Row("reports:statistics_rows", get=EXPORTERS, query="code=household_count&export=xlsx", logs=True),
    Row("reports:statistics_rows", get=EXPORTERS, kind="root", query="code=household_count&root={pk}"),
    Row("reports:annexes", get=READERS),
    *(Row("reports:annex", get=READERS, args={"number": number}) for number in (1, 2, 3, 4, 10, 11, 13)),
    *(
        Row("reports:annex_download", post=EXPORTERS, args={"number": number, "format": "xlsx"})
        for number in (1, 2, 3, 4, 10)
    ),
    # the year and what villages file
    Row("reports:campaigns", get=READERS, led_on=READERS),
    Row("reports:campaign", get=READERS, kind="campaign", guard="right"),
    Row("reports:campaign_new", get=TOWN, post=TOWN),
    Row("reports:campaign_edit", get=TOWN, post=TOWN, kind="campaign"),
    Row("reports:deadline_edit", get=TOWN, post=TOWN, kind="deadline"),
    Row("reports:filings", get=EXPORTERS),
    Row("reports:filing_begin", post=EDITORS, kind="root"),
    Row("reports:filing", get=EXPORTERS, kind="filing"),
    Row("reports:filing_step", post=EDITORS, kind="filing"),
    Row("reports:filing_comment", get=EDITORS, post=EDITORS, kind="filing"),
    Row("reports:filing_explain", post=EDITORS, kind="filing"),
    Row("reports:filing_extend", get=TOWN, post=TOWN, kind="filing"),
    Row("reports:filing_report", get=EXPORTERS, post=EDITORS, kind="filing"),
    Row("reports:filing_report_refresh", post=EDITORS, kind="filing"),
    Row("reports:filing_report_file", post=EXPORTERS, kind="filing", args={"format": "docx"}),
    Row("reports:snapshot_report", post=EXPORTERS, kind="snapshot", args={"format": "docx"}),
    Row("reports:town_report", get=TOWN, post=TOWN, kind="campaign", guard="right"),
    Row("reports:town_report_refresh", post=TOWN, kind="campaign", guard="right"),
    Row("reports:town_report_file", post=TOWN, kind="campaign", guard="right", args={"format": "docx"}),
    Row("reports:report_templates", get=TOWN, kind="campaign", guard="right"),
    Row(
        "reports:report_template",
        get=TOWN,
        post=TOWN,
        kind="campaign",
        guard="right",
        args={"level": "village"},
    ),
    Row("reports:comment_settle", post=EDITORS, kind="filing_comment"),
    Row("reports:snapshot", get=EXPORTERS, kind="snapshot"),
    Row("reports:snapshot_file", post=EXPORTERS, kind="snapshot", args={"number": 4, "format": "xlsx"}),
    Row("reports:snapshot_sheet", get=EXPORTERS, kind="snapshot", args={"number": 4}),
    Row("reports:township_table", get=TOWN, kind="campaign", guard="right"),
    Row("reports:checks", get=EXPORTERS),
    Row("reports:checks", get=EXPORTERS, query="export=xlsx", logs=True),
    # supervision
    Row("reports:supervision", get=EXPORTERS),
    Row("reports:meeting_new", get=TOWN, post=TOWN),
    Row("reports:meeting", get=EXPORTERS, kind="meeting"),
    Row("reports:meeting_edit", get=TOWN, post=TOWN, kind="meeting"),
    Row("reports:meeting_attachment", get=EXPORTERS, kind="meeting", logs=True),
    Row("reports:meeting_file", post=EXPORTERS, kind="meeting", args={"format": "xlsx"}),
    Row("reports:finding_step", post=EDITORS, kind="finding"),
    Row("reports:finding_raise", post=TOWN, kind="inspection"),
    *(
        row
        for code, kind, writers in (
            ("duties", "duty", EDITORS),
            ("findings", "finding", TOWN),
            ("inspections", "inspection", TOWN),
            ("reviews", "review", TOWN),
            ("support", "support", TOWN),
            ("targets", "target", EDITORS),
            ("cases", "case", EDITORS),
        )
        for row in (
            Row("reports:supervision_list", get=EXPORTERS, args={"code": code}),
            Row("reports:supervision_new", get=writers, post=writers, args={"code": code}),
            Row("reports:supervision_row", get=EXPORTERS, kind=kind, args={"code": code}),
            Row("reports:supervision_edit", get=writers, post=writers, kind=kind, args={"code": code}),
            Row("reports:supervision_file", post=EXPORTERS, args={"code": code, "format": "xlsx"}),
        )
    ),
    Row("reports:supervision_copy", post=EDITORS, args={"code": "duties"}),
    Row("reports:supervision_attachment", get=EXPORTERS, kind="case", args={"code": "cases"}, logs=True),
    # 后备干部库
    Row("grids:reserve", get=EDITORS, logs=True),
    Row("grids:reserve", get=EDITORS, query="export=xlsx", logs=True),
    Row("grids:reserve_new", get=EDITORS, post=EDITORS),
    Row("grids:reserve_row", get=EDITORS, kind="reserve", guard="right", logs=True),
    Row("grids:reserve_edit", get=EDITORS, post=EDITORS, kind="reserve", guard="right", logs=True),
    Row("grids:reserve_step", post=EDITORS, kind="reserve", guard="right"),
    # zips of many tables
    Row("reports:batch_new", get=EXPORTERS, post=EXPORTERS),
    Row("reports:batch", get=EVERYONE, kind="zip"),
    Row("reports:batch_cancel", post=EVERYONE, kind="zip", note="one's own order"),
    Row("reports:batch_retry", post=EXPORTERS, kind="zip"),
    Row("reports:batch_file", post=EXPORTERS, kind="zip"),
    # hand-over files
    Row("reports:handovers", get=EXPORTERS),
    Row("reports:handover_new", get=TOWN, post=TOWN),
    Row("reports:handover_example", post=TOWN),
    Row("reports:handover", get=EXPORTERS, kind="preset", guard="right"),
    Row("reports:handover_edit", get=TOWN, post=TOWN, kind="preset", guard="right"),
    Row("reports:handover_copy", post=TOWN, kind="preset", guard="right"),
    Row("reports:handover_file", post=EXPORTERS, kind="preset", guard="right"),
    # the log of exports
    Row("reports:exports", get=EXPORTERS | AUDITORS),
    Row("reports:exports_file", get=EXPORTERS | AUDITORS, logs=True),
    Row("reports:export", get=EXPORTERS | AUDITORS, kind="export_record", guard="right"),
    # what is on record, and the leading group
    Row("reports:records", get=EXPORTERS),
    Row("reports:records", get=EXPORTERS, query="export=xlsx", logs=True),
    Row("reports:record_new", get=EDITORS, post=EDITORS),
    Row("reports:record_edit", get=EDITORS, post=EDITORS, kind="record_filing"),
    Row("reports:record_withdraw", get=EDITORS, post=EDITORS, kind="record_filing"),
    Row("reports:record_file", get=EXPORTERS, kind="record_filing", logs=True),
    Row("reports:leading", get=EXPORTERS),
    Row("reports:leading_of", get=EXPORTERS, args={"year": localdate().year}),
    Row("reports:leading_new", get=TOWN, post=TOWN, args={"year": localdate().year}),
    Row("reports:leading_copy", post=TOWN, args={"year": localdate().year}),
    Row("reports:leading_file", post=EXPORTERS, args={"year": localdate().year, "format": "xlsx"}),
    Row("reports:leading_edit", get=TOWN, post=TOWN, kind="leading_member"),
    Row("reports:leading_leave", get=TOWN, post=TOWN, kind="leading_member"),
    Row("reports:leading_shift", post=TOWN, kind="leading_member"),
    # official blanks
    Row("reports:blanks", get=EXPORTERS),
    Row("reports:blank_new", get=TOWN, post=TOWN),
    Row("reports:blank", get=EXPORTERS, kind="blank"),
    Row("reports:blank_marks", post=TOWN, kind="blank"),
    Row("reports:blank_again", get=TOWN, post=TOWN, kind="blank"),
    Row("reports:blank_fill", post=EXPORTERS, kind="blank"),
    Row("reports:blank_remove", get=TOWN, post=TOWN, kind="blank"),
    Row("reports:jobs", get=EVERYONE),
    Row("reports:job", get=EVERYONE, kind="job"),
    Row("reports:job_retry", post=EXPORTERS, kind="job"),
    Row("reports:job_file", post=EXPORTERS, kind="job"),
    *SERVICES,
    *VISITS,
    *TICKETS,
    *PAPERS,
    *PHONES,
]
