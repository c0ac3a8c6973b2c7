"""Who may open what of papers, the register and the public look-up of errands, for access_matrix.py."""

from tests.access_seats import EVERYONE, EXPORTERS, READERS, VISITORS, Row

PAPERS: list[Row] = [
    Row("services:ticket_register", get=READERS),
    Row("services:ticket_archive", get=READERS),
    *(
        Row(f"services:ticket_{book}_file", post=EXPORTERS, args={"format": "xlsx"})
        for book in ("register", "archive")
    ),
    Row("services:ticket_papers", post=VISITORS, args={"paper": "joint"}),
    Row("services:ticket_paper", post=VISITORS, kind="ticket", args={"paper": "receipt"}, guard="right"),
    Row("services:public_lookup", get=EVERYONE, post=EVERYONE, public=True),
]
