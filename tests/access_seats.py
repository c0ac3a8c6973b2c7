"""The seats, where a row stands for each, who sees which kind of row; the shape of the matrix's lines."""

from dataclasses import dataclass, field

ADMIN, CLERK, LEADER, AUDITOR = "system_admin", "clerk", "leader", "auditor"
SECRETARY, GROUP_LEADER, MEMBER, NOBODY = "secretary", "group_leader", "member", "nobody"
SEATS = (ADMIN, CLERK, LEADER, AUDITOR, SECRETARY, GROUP_LEADER, MEMBER, NOBODY)

Seats = frozenset[str]
EVERYONE: Seats = frozenset(SEATS)
OFFICE: Seats = frozenset({CLERK, LEADER})
READERS: Seats = OFFICE | {SECRETARY, GROUP_LEADER, MEMBER}
EXPORTERS: Seats = OFFICE | {SECRETARY}
EDITORS: Seats = frozenset({CLERK, SECRETARY})
VISITORS: Seats = EDITORS | {GROUP_LEADER, MEMBER}
HANDLERS: Seats = EDITORS | {GROUP_LEADER}
TOWN: Seats = frozenset({CLERK})
ADMINS: Seats = frozenset({ADMIN})
AUDITORS: Seats = frozenset({AUDITOR})
NO_ONE: Seats = frozenset()

# Where a row stands, seen from the group leader's and the member's own group in the own village.
OWN, BESIDE, OTHER, FOREIGN, MISSING = "own", "other group", "other village", "other township", "missing"
POSITIONS = (OWN, BESIDE, OTHER, FOREIGN, MISSING)


TOKEN, PHOTO = "a-token-for-tests-only", "0123456789ab"  # of a published page and a picture on it
# The ledgers of services by room; each has the same five addresses.
LEDGERS = {
    "partylife": ("appraisals", "education", "floating", "floating-contacts"),
    "teams": ("teams", "volunteers", "activities", "stations", "demo", "help", "venues"),
}
# One for each way from a row to its village: the pages behind the lists are the same for all.
WALKED = (
    ("partylife", "appraisals"),
    ("partylife", "floating-contacts"),
    ("teams", "volunteers"),
    ("teams", "stations"),
)


def _sees(own: Seats, beside: Seats, other: Seats = OFFICE) -> dict[str, Seats]:
    return {OWN: own, BESIDE: beside, OTHER: other, FOREIGN: NO_ONE, MISSING: NO_ONE}


SEES: dict[str, dict[str, Seats]] = {
    "household": _sees(READERS, EXPORTERS),
    "member": _sees(READERS, EXPORTERS),
    "person": _sees(READERS, EXPORTERS),
    "group": _sees(READERS - {MEMBER}, EXPORTERS),
    "hub": _sees(READERS - {MEMBER}, EXPORTERS),
    "root": _sees(EXPORTERS, EXPORTERS),
    "post": _sees(READERS - {MEMBER}, EXPORTERS),
    "contact": _sees(READERS - {MEMBER}, EXPORTERS),
    "grid": _sees(EXPORTERS, EXPORTERS),
    "own_band": _sees(READERS, EXPORTERS),
    "exception": _sees(READERS - {MEMBER}, EXPORTERS),
    "proposal": _sees(EXPORTERS, EXPORTERS),  # of a grid, which its group leader does not see whole
    "batch": _sees(EXPORTERS, EXPORTERS),
    "proposal_row": _sees(EXPORTERS, EXPORTERS),
    "wish": _sees(READERS, EXPORTERS),
    "campaign": _sees(READERS, READERS, READERS),  # of the township
    "deadline": _sees(READERS, READERS, READERS),
    "filing": _sees(EXPORTERS, EXPORTERS),
    "snapshot": _sees(EXPORTERS, EXPORTERS),
    "figure": _sees(EXPORTERS, EXPORTERS),
    "filing_comment": _sees(EXPORTERS, EXPORTERS),
    **dict.fromkeys(
        ("duty", "finding", "inspection", "review", "support", "target", "case"), _sees(EXPORTERS, EXPORTERS)
    ),
    "meeting": _sees(READERS, READERS, READERS),  # of the township
    "party_meeting": _sees(READERS, READERS),  # what a village's branch decided is open to its members
    **dict.fromkeys((code for codes in LEDGERS.values() for code in codes), _sees(EXPORTERS, EXPORTERS)),
    "reserve": _sees(EDITORS, EDITORS, TOWN),
    "export_record": _sees(EXPORTERS | AUDITORS, EXPORTERS | AUDITORS, OFFICE | AUDITORS),
    "record_filing": _sees(EXPORTERS, EXPORTERS),
    "leading_member": _sees(READERS, READERS, READERS),  # of the township
    "staff": _sees(READERS - {MEMBER}, EXPORTERS),  # somebody who stands on a board
    "issue": _sees(EXPORTERS, EXPORTERS),
    "suggestion": _sees(EXPORTERS, EXPORTERS),
    **dict.fromkeys(("visit", "visit_photo", "matter", "ticket"), _sees(READERS, EXPORTERS)),
    **dict.fromkeys(("grid_event", "four_clear_check"), _sees(READERS - {MEMBER}, EXPORTERS)),
    "window": _sees(READERS, EXPORTERS),  # a grid as a place to take in at
    "visit_plan": _sees(VISITORS - {CLERK}, frozenset({SECRETARY}), NO_ONE),  # the office counts them only
    # of the township
    **dict.fromkeys(("service_item", "calendar_year", "calendar_day"), _sees(READERS, READERS, READERS)),
    "villager_group": _sees(EXPORTERS, EXPORTERS),
    "action": _sees(READERS, EXPORTERS),
    "blank": _sees(READERS, READERS, READERS),  # hangs on no village: whoever acts in the township sees it
    "preset": _sees(READERS, READERS, READERS),  # of the township
    "account": _sees(ADMINS, ADMINS, ADMINS),
    "job": _sees(EVERYONE, NO_ONE, NO_ONE),
    "zip": _sees(EVERYONE, NO_ONE, NO_ONE),
    "upload": _sees(EVERYONE, OFFICE),
    "view": _sees(EVERYONE, NO_ONE, NO_ONE),
}


@dataclass(frozen=True)
class Row:
    """Who may do what at one address; None means that the method does not exist there."""

    url: str
    get: Seats | None = None
    post: Seats | None = None
    kind: str = ""  # what `pk` names: a key of SEES
    args: dict[str, str | int] = field(default_factory=dict)  # the address's other parts
    query: str = ""  # may hold {pk}; then the address itself has none
    guard: str = "row"  # which refusal comes first
    public: bool = False  # also without a sign-in
    script: bool = False  # asked by a page's script: no sign-in page for an answer, but 401 in JSON
    logs: bool = False  # a GET that takes rows out of the house adds an entry to the log
    led_on: Seats = NO_ONE  # who is led to another page by a GET
    note: str = ""

    @property
    def title(self) -> str:
        """The row's name in test reports."""
        parts = [self.url, *(str(value) for value in self.args.values()), self.query]
        return " ".join(part for part in parts if part)
