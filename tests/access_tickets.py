"""Who may open what of the catalogue and the working days, for access_matrix.py."""

from tests.access_seats import EXPORTERS, READERS, TOWN, Row

TICKETS: list[Row] = [
    Row("services:catalogue", get=READERS),
    Row("services:catalogue_guides", post=READERS),
    Row("services:catalogue_examples", post=TOWN),
    Row("services:catalogue_load", get=TOWN, post=TOWN),
    *(Row("services:catalogue_file", post=EXPORTERS, args={"format": one}) for one in ("xlsx", "pdf")),
    Row("services:item_new", get=TOWN, post=TOWN),
    Row("services:item", get=READERS, kind="service_item", guard="right"),
    Row("services:item_guide", post=READERS, kind="service_item", guard="right"),
    Row("services:item_edit", get=TOWN, post=TOWN, kind="service_item", guard="right"),
    Row("services:item_close", get=TOWN, post=TOWN, kind="service_item", guard="right"),
    *(
        Row(f"services:item_{deed}", post=TOWN, kind="service_item", guard="right")
        for deed in ("reopen", "adopt")
    ),
    # working days
    Row("services:calendar", get=READERS, post=TOWN),
    Row("services:calendar_year", get=READERS, post=TOWN, args={"year": 2027}),
    Row("services:calendar_year_new", get=TOWN, post=TOWN),
    Row("services:calendar_year_drop", post=TOWN, kind="calendar_year"),
    Row("services:calendar_day_back", post=TOWN, kind="calendar_day"),
    Row("services:ticket_settings", get=READERS, post=TOWN),
]
