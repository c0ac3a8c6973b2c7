"""The lines of the matrix for the rooms of services."""

from tests.access_seats import (
    EDITORS,
    EVERYONE,
    EXPORTERS,
    GROUP_LEADER,
    LEDGERS,
    PHOTO,
    READERS,
    TOKEN,
    TOWN,
    WALKED,
    Row,
)

SERVICES: list[Row] = [
    # Party life and teams
    Row("services:party_meetings", get=READERS),
    Row("services:party_meetings_file", post=EXPORTERS, args={"format": "xlsx"}),
    Row("services:party_meeting_new", get=EDITORS | {GROUP_LEADER}, post=EDITORS | {GROUP_LEADER}),
    Row("services:party_meeting", get=READERS, kind="party_meeting"),
    Row("services:party_meeting_edit", get=EDITORS, post=EDITORS, kind="party_meeting"),
    Row("services:party_meeting_minutes", get=EXPORTERS, kind="party_meeting", logs=True),
    Row("services:party_meeting_sign", post=EXPORTERS, kind="party_meeting"),
    Row("services:party_sign_sheet", post=EXPORTERS, kind="root", args={"kind": "assembly"}),
    Row("services:party_due", get=EXPORTERS | {GROUP_LEADER}),
    Row("services:party_due_file", post=EXPORTERS, args={"format": "xlsx"}),
    Row("services:teams_room", get=EXPORTERS, led_on=EXPORTERS),
    Row("services:volunteer_centre", get=TOWN, post=TOWN),
    Row("services:skills_withdraw", post=EDITORS, kind="volunteers"),
    *(
        Row("services:ledger", get=EXPORTERS, args={"room": room, "code": code})
        for room, codes in LEDGERS.items()
        for code in codes
    ),
    *(
        row
        for room, code in WALKED
        for row in (
            Row("services:ledger_new", get=EDITORS, post=EDITORS, args={"room": room, "code": code}),
            Row(
                "services:ledger_row",
                get=EXPORTERS,
                kind=code,
                args={"room": room, "code": code},
                guard="right",
            ),
            Row(
                "services:ledger_edit",
                get=EDITORS,
                post=EDITORS,
                kind=code,
                args={"room": room, "code": code},
                guard="right",
            ),
            Row("services:ledger_file", post=EXPORTERS, args={"room": room, "code": code, "format": "xlsx"}),
        )
    ),
    # boards, plates, cards
    Row("services:notices", get=EXPORTERS),
    *(Row("services:signs", get=READERS, args={"notice": one}) for one in ("board", "plate")),
    *(Row("services:signs_hang", post=EDITORS, args={"notice": one}) for one in ("board", "plate")),
    *(Row("services:notice_print", post=EDITORS, args={"notice": one}) for one in ("board", "plate", "card")),
    *(
        Row("services:signs_file", post=EXPORTERS, args={"notice": "plate", "format": one})
        for one in ("xlsx", "pdf")
    ),
    Row("services:plate_numbers", post=EDITORS),
    Row("services:sign", get=EDITORS, post=EDITORS, kind="hub"),
    Row("services:sign", get=EDITORS, post=EDITORS, kind="grid"),
    Row("services:notice_cards", get=EXPORTERS),
    Row("services:card_issues", get=EXPORTERS),
    Row("services:card_issues_file", post=EXPORTERS, args={"format": "xlsx"}),
    Row("services:card_issue_new", get=EDITORS, post=EDITORS),
    Row("services:card_issue", get=EDITORS, post=EDITORS, kind="issue"),
    Row("services:reprints", get=EXPORTERS),
    Row("services:reprinted", post=EDITORS),
    Row("services:notice_staff", get=EXPORTERS),
    Row("services:notice_staff_edit", get=EDITORS, post=EDITORS, kind="staff"),
    Row("services:notice_photo", get=READERS, kind="staff"),
    Row("services:hotlines", get=EXPORTERS, post=EDITORS),
    Row("services:suggestions", get=EDITORS),
    Row("services:suggestion", get=EDITORS, kind="suggestion"),
    Row("services:suggestion_step", post=EDITORS, kind="suggestion"),
    Row("services:board", get=READERS, kind="grid"),
    *(Row(f"services:board_{deed}", post=EDITORS, kind="grid") for deed in ("publish", "withdraw", "renew")),
    Row("services:board_qr", get=EDITORS, kind="grid", args={"format": "svg"}),
    # without a sign-in
    Row("services:public_grid", get=EVERYONE, args={"token": TOKEN}, public=True),
    Row("services:public_photo", get=EVERYONE, args={"token": TOKEN, "photo": PHOTO}, public=True),
    Row("services:public_feedback", get=EVERYONE, post=EVERYONE, args={"token": TOKEN}, public=True),
]
