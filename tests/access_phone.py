"""Who may open what of the phone pages, for access_matrix.py."""

from tests.access_seats import EDITORS, EVERYONE, READERS, TOWN, VISITORS, Row

PHONES: list[Row] = [
    Row("services:phone", get=VISITORS),
    Row("services:phone_visit", get=VISITORS, led_on=TOWN),
    Row("services:phone_must", get=VISITORS),
    Row("services:phone_outbox", get=VISITORS),
    Row("services:phone_selfcheck", get=VISITORS),
    Row("services:phone_hello", get=VISITORS, script=True),
    Row("services:phone_find", get=VISITORS, script=True),
    Row("services:phone_send", post=VISITORS, script=True),
    Row("services:phone_send_photo", post=EDITORS, kind="visit", script=True),
    Row("services:phone_shell", get=EVERYONE, public=True),
    Row("services:phone_worker", get=EVERYONE, public=True),
    Row("services:phone_manifest", get=EVERYONE, public=True),
    Row("services:visit_photo_add", post=EDITORS, kind="visit"),
    Row("services:visit_photo", get=READERS, kind="visit_photo"),
    Row("services:visit_photo_remove", post=EDITORS, kind="visit_photo"),
]
