"""Who may open what: one row or more for every address of the product, read by test_access_matrix.py.

A row says which seats may GET and which may POST, and what its number names. An address without a row fails
the suite. Whoever lacks the right gets 403, whoever cannot see the row gets 404; where both hold, 404 wins
unless the row says `guard="right"`.
"""

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
TOWN: Seats = frozenset({CLERK})
ADMINS: Seats = frozenset({ADMIN})
AUDITORS: Seats = frozenset({AUDITOR})
NO_ONE: Seats = frozenset()

# Where a row stands, seen from the group leader's and the member's own group in the own village.
OWN, BESIDE, OTHER, FOREIGN, MISSING = "own", "other group", "other village", "other township", "missing"
POSITIONS = (OWN, BESIDE, OTHER, FOREIGN, MISSING)


def _sees(own: Seats, beside: Seats, other: Seats = OFFICE) -> dict[str, Seats]:
    return {OWN: own, BESIDE: beside, OTHER: other, FOREIGN: NO_ONE, MISSING: NO_ONE}


SEES: dict[str, dict[str, Seats]] = {
    "household": _sees(READERS, EXPORTERS),
    "member": _sees(READERS, EXPORTERS),
    "person": _sees(READERS, EXPORTERS),
    "group": _sees(READERS - {MEMBER}, EXPORTERS),
    "post": _sees(READERS - {MEMBER}, EXPORTERS),
    "contact": _sees(READERS - {MEMBER}, EXPORTERS),
    "villager_group": _sees(EXPORTERS, EXPORTERS),
    "account": _sees(ADMINS, ADMINS, ADMINS),
    "job": _sees(EVERYONE, NO_ONE, NO_ONE),
    "upload": _sees(EVERYONE, OFFICE),
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
    logs: bool = False  # a GET that takes rows out of the house adds an entry to the log
    led_on: Seats = NO_ONE  # who is led to another page by a GET
    note: str = ""

    @property
    def title(self) -> str:
        """The row's name in test reports."""
        parts = [self.url, *(str(value) for value in self.args.values()), self.query]
        return " ".join(part for part in parts if part)


def _list(url: str, *, args: dict[str, str | int] | None = None) -> list[Row]:
    """A roster list: read by all Party seats, taken out by those who may export."""
    return [
        Row(url, get=READERS, args=args or {}),
        Row(url, get=EXPORTERS, args=args or {}, query="export=xlsx", logs=True),
    ]


ROWS: list[Row] = [
    # one's own session
    Row("township:login", get=EVERYONE, post=EVERYONE, public=True, led_on=EVERYONE),
    Row("township:logout", post=EVERYONE, public=True),
    Row("township:password", get=EVERYONE, post=EVERYONE),
    Row("township:preferences", post=EVERYONE),
    Row("reports:home", get=EVERYONE, led_on=ADMINS | AUDITORS),
    # accounts and log
    Row("township:users", get=ADMINS),
    Row("township:users_export", get=ADMINS, logs=True),
    Row("township:user_add", get=ADMINS, post=ADMINS),
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
    Row("grids:node", get=READERS, kind="household"),
    Row("grids:node", get=READERS, kind="member"),
    Row("grids:node", get=READERS, kind="group"),
    Row("grids:node_add", get=EDITORS, post=EDITORS, kind="member", query="kind=household&parent={pk}"),
    Row("grids:node_add", get=TOWN, post=TOWN, query="kind=branch", note="a new village"),
    Row("grids:node_edit", get=EDITORS, post=EDITORS, kind="household"),
    Row("grids:node_edit", get=EDITORS, post=EDITORS, kind="group"),
    Row("grids:node_move", get=EDITORS, post=EDITORS, kind="household"),
    Row("grids:node_close", get=EDITORS, post=EDITORS, kind="household"),
    Row("grids:node_reopen", post=EDITORS, kind="household"),
    Row("grids:node_phone", post=READERS, kind="household"),
    *(
        row
        for kind in ("grid", "group", "hub", "member", "household")
        for row in _list("grids:node_list", args={"kind": kind})
    ),
    # people, posts, villager groups
    *_list("grids:people"),
    Row("grids:person", get=READERS, kind="person"),
    Row("grids:person_add", get=EDITORS, post=EDITORS),
    Row("grids:person_edit", get=EDITORS, post=EDITORS, kind="person"),
    Row("grids:person_phone", post=READERS, kind="person"),
    *_list("grids:posts"),
    Row("grids:post_add", get=EDITORS, post=EDITORS, kind="group", query="node={pk}", guard="right"),
    Row("grids:post_add", get=TOWN, post=TOWN, query="town=1"),
    Row("grids:post_end", get=EDITORS, post=EDITORS, kind="post"),
    *_list("grids:villager_groups"),
    Row("grids:villager_group_add", post=EDITORS),
    Row("grids:villager_group_rename", post=EDITORS, kind="villager_group"),
    # rosters as files
    Row("grids:imports", get=EDITORS),
    Row("grids:import_new", get=EDITORS, post=EDITORS),
    Row("grids:import_preview", get=EDITORS, kind="upload", guard="right"),
    Row("grids:import_confirm", post=EDITORS, kind="upload", guard="right"),
    Row("grids:import_discard", post=EDITORS, kind="upload", guard="right"),
    # upper contacts
    Row("liaison:contacts", get=READERS),
    Row("liaison:contacts_export", post=EXPORTERS),
    Row("liaison:contact_add", get=EDITORS, post=EDITORS),
    Row("liaison:contact_add", get=TOWN, post=TOWN, query="level=E0"),
    Row("liaison:contact_edit", get=EDITORS, post=EDITORS, kind="contact"),
    Row("liaison:contact_end", get=EDITORS, post=EDITORS, kind="contact"),
    # annexes
    Row("reports:annexes", get=READERS),
    *(Row("reports:annex", get=READERS, args={"number": number}) for number in (1, 2, 3, 4)),
    *(
        Row("reports:annex_download", post=EXPORTERS, args={"number": number, "format": "xlsx"})
        for number in (1, 2, 3, 4)
    ),
    Row("reports:jobs", get=EVERYONE),
    Row("reports:job", get=EVERYONE, kind="job"),
    Row("reports:job_retry", post=EXPORTERS, kind="job"),
    Row("reports:job_file", post=EXPORTERS, kind="job"),
]
