"""Nothing anybody sends makes a page fail: every form and every filter is given nonsense.

The addresses come from access_matrix.py and the fields from the pages themselves, so a new page is asked too.
"""

import re
from html import unescape
from html.parser import HTMLParser
from itertools import cycle
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import TestCase

from tests.access_matrix import ROWS
from tests.access_seats import ADMIN, AUDITOR, CLERK, OWN, SECRETARY
from tests.access_world import World, address, build, undone

LONG = "长" * 5000
HUGE = "9" * 30
# "²" is a digit to str.isdigit and no number to int(); SQLite fails on numbers of more than 64 bits.
NUL = "a\0b"
NO_DAY = "2026-02-30"
IN_QUERIES = ["²", HUGE, NUL]  # in turn where a view reads it itself, each in all fields of a filter bar
CHOICES, TEXTS = ["", "²", HUGE, NUL], ["", HUGE, NUL, LONG]
IN_FORMS = {  # by the kind of the field: a text may well be "²", and no choice is worse for being long
    "checkbox": ["", NUL],
    "radio": CHOICES,
    "select": CHOICES,
    "number": CHOICES,
    "date": ["", NUL, NO_DAY],
    "text": TEXTS,
    "textarea": TEXTS,
}
IN_ANY = ["", "²", HUGE, NUL, LONG, NO_DAY]  # hidden ones, and those of forms on no page of their own
TYPED = {  # forms that stand on no page of their own, or whose fields come with rows that are not there
    "grids:villager_group_add": {"root": "1", "name": "二社"},
    "grids:villager_group_rename": {"name": "三社"},
    "township:preferences": {"text_size": "large", "contrast": "high", "next": "/"},
    "reports:annex_download": {
        "root": "",
        "household_phone": "on",
        "upper": "on",
        "paper": "A3",
        "mode": "plain",
        "purpose": "",
    },
    "reports:statistics_explain": {"text": "人口转入"},
    "reports:statistics_layout": {"do": "up:grid_count"},
    "reports:statistics_paper": {"root": "", "kind": "filled", "paper": "A4", "mode": "plain"},
    "township:user_person": {"name": "人员", "person": "1"},
    "reports:blank_marks": {
        "sheet": "0",
        "cell-A2": "",
        "grow": "4:member",
        "column": "A",
        "from": "2",
        "take": "x",
        "back": "row=2",
    },
    "reports:blank_again": {"pick": "0"},
    "reports:blank_fill": {"place": "town", "purpose": ""},
    "reports:finding_step": {"step": "rectify", "text": "已补装", "day": "2026-11-01"},
    "reports:supervision_copy": {"year": "2026"},
    "reports:handover_edit": {
        "name": "方案",
        "file_format": "csv_gbk",
        "date_form": "%Y%m%d",
        "use-name": "on",
        "order-name": "1",
        "heading-name": "户主",
        "codes-name": "甲=1",
        "up": "name",
    },
    "reports:batch_new": {"tables": "4", "formats": "xlsx", "whose": "some", "places": "1"},
    "services:signs_hang": {
        "pk": "1",
        "made_on": "2026-09-01",
        "hung_on": "2026-09-02",
        "place": "门口",
        "keeper": "李",
        "query": "state=none",
    },
    "services:notice_print": {"pk": "1", "village": "1", "paper": "a4", "copies": "sheet", "final": "on"},
    "services:plate_numbers": {"village": "1", "letters": "柳"},
    "services:reprinted": {"pk": "1"},
    "services:board_publish": {"fields_shown": "names", "has_box": "on"},
    "services:suggestion_step": {"step": "handle", "answer": "已修好"},
    "liaison:contacts_export": {},
    "services:phone_send": {
        "user": "1",
        "client_id": "0" * 32,
        "household": "1",
        "grid": "1",
        "written": "1",
        "mode": "home",
        "occasion": "usual",
        "happened_on": "2026-11-01",
        "content": "路灯",
        "need": "roads",
        "disposal": "reported",
        "due_on": "2026-12-01",
        "visitor": "1",
    },
    "services:phone_send_photo": {"client_id": "0" * 32},
    "services:visit_photo_add": {"client_id": "0" * 32},
    "services:visit_callback": {"day": "2026-11-01", "satisfaction": "good", "person": "1"},
    "services:ticket_register_file": {"paper": "A4"},
    "services:ticket_paper": {"size": "a5"},
    "services:ticket_papers": {"size": "a5"},
    "services:public_lookup": {"no": "2026-07-0012", "secret": "1234"},
    "services:matter_step": {
        "step": "hand",
        "text": "属实",
        "handler": "村委会",
        "due_on": "2026-12-01",
        "day": "2026-11-01",
        "satisfaction": "good",
    },
    "services:catalogue_load": {"lines": "x", "digest": "x"},
    "services:ticket_new": {"kind": "promised", "applicant_name": "李"},
    "services:ticket_step": {"text": "好", "day": "2026-11-01"},
    "services:home_pace": {"pace": "30"},
    "services:diary_remark": {"text": "好"},
    "liaison:card_file": {"paper": "a4", "numbers": "on", "purpose": ""},
    "grids:reconcile_choose": {"page": "1", "every": "theirs", "keep": "1"},
    "grids:reconcile_columns": {"col-0": "name"},
}
QUERY = {  # what the addresses read beside the fields of their filter bars
    "grids:tree": ["open", "level", "page"],
    "grids:tree_children": ["level", "show"],
    "grids:node": ["show", "page"],
    "grids:node_add": ["kind", "parent"],
    "grids:node_move": ["to", "village", "q", "page"],
    "grids:children_move": ["pick", "to", "next", "back", "village", "q", "page"],
    "grids:merge": ["into", "village", "q", "page"],
    "reports:chasing": ["village", "page"],
    "grids:gaps": ["kind", "village", "page", "export"],
    "grids:node_list": ["villager_group", "page", "export"],
    "grids:post_add": ["node", "person", "town"],
    "grids:person_add": ["root"],
    "grids:person_twins": ["name", "phone", "root", "village", "but", "offers"],
    "grids:duplicates": ["page"],
    "grids:person_merge": ["with", "q"],
    "grids:person_handover": ["leaves"],
    "grids:import_preview": ["show", "page"],
    "grids:register_template": ["node"],
    "grids:register_workbook": ["node"],
    "grids:register_load": ["node"],
    "grids:reconcile": ["node", "part", "page"],
    "grids:reconcile_columns": ["node"],
    "grids:reconcile_result": ["node"],
    "services:ticket_new": ["household", "grid", "matter", "visit", "item", "pick", "village", "q"],
    "services:ticket_deadlines": ["agents"],
    "services:visit_new": ["household", "grid", "matter", "must", "pick", "village", "q"],
    "services:phone_visit": ["household", "must"],
    "services:phone_must": ["page"],
    "services:phone_find": ["q"],
    "services:matter_new": ["household", "grid", "village", "q"],
    "services:event_new": ["sort", "grid", "village", "q"],
    "services:check_new": ["grid", "village", "q"],
    "services:plan_new": ["household", "grid", "village", "q"],
    "services:register": ["household", "grid", "page"],
    "services:diary": ["person", "grid", "year", "month", "village"],
    "services:walk": ["grid", "n", "village"],
    "services:item": ["version"],
    "services:calendar": ["day"],
    "services:calendar_year": ["day"],
    "services:calendar_year_new": ["year"],
    "liaison:cards": ["kind", "village", "grid", "on"],
    "liaison:contact_add": ["level", "target"],
    "liaison:edge": ["show", "page", "export", "on"],
    "liaison:chain": ["on"],
    "liaison:pyramid": ["node", "on"],
    "liaison:bands": ["year"],
    "liaison:bands_edit": ["document"],
    "liaison:own_band_add": ["q", "node"],
    "liaison:exception_add": ["node", "code", "q"],
    "services:card_issue_new": ["village"],
    "services:board_qr": ["save"],
    "services:public_lookup": ["no"],
    "services:ticket_archive": ["box"],
    "reports:report_template": ["from"],
    "reports:blank": ["sheet", "cell", "row", "column"],
    "reports:supervision": ["year"],
    "reports:supervision_new": ["village", "meeting", "year"],
    "reports:meeting_new": ["year", "seq"],
    "reports:annex": ["root", "household_phone", "upper", "paper", "page", "beside"],
    "reports:statistics_rows": ["code", "root", "page", "on", "export"],
    "reports:snapshot_rows": ["code", "page", "export"],
    "township:user_person": ["name"],
    "township:login": ["next"],
}
MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


class Page(HTMLParser):
    """The fields of a page by the method of their form, with what stands in them."""

    def __init__(self):
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.kinds: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("method", "get").lower(), {}))
        if not self.forms:
            return
        fields = self.forms[-1][1]
        if tag in {"input", "textarea", "select"} and given.get("name"):
            chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            fields.setdefault(given["name"], given.get("value", "") if chosen else "")
            if self.forms[-1][0] == "post":
                self.kinds[given["name"]] = given.get("type", "text") if tag == "input" else tag
            self.select = given["name"] if tag == "select" else ""
        elif tag == "option" and self.select and "selected" in given:
            fields[self.select] = given.get("value", "")

    def fields(self, method):
        """All but those of the frame: the two switches on top of every page, and their way back."""
        found = {}
        for its_method, fields in self.forms:
            if its_method == method and "next" not in fields:
                found |= fields
        found.pop("csrfmiddlewaretoken", None)
        return found


class GarbageTest(TestCase):
    """Statuses stay those of a page, a redirect or a refusal, and words stay Chinese."""

    world: World

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = build()

    def ask(self, row, method):
        """The seat that may, the address with its query apart, and the page to read fields from."""
        seat = next(
            seat for seat in (CLERK, ADMIN, AUDITOR, SECRETARY) if seat in (getattr(row, method) or ())
        )
        parts = urlsplit(address(row, self.world.pk(row.kind, OWN, seat) if row.kind else None))
        page = Page()
        if row.get and not row.logs:
            with undone():
                page.feed(self.world.client(seat).get(parts.geturl()).content.decode())
        return seat, parts, page

    def holds(self, response, value):
        assert response.status_code in {200, 302, 400, 404, 405, 409, 422}
        if response.headers.get("Content-Type", "").startswith("text/html"):
            said = unescape(MARKUP.sub(" ", response.content.decode())).replace(value or " ", "")
            assert not ENGLISH.search(said), ENGLISH.search(said)

    @pytest.mark.sqlite_only  # filters are cleaned before any database is asked
    def test_every_query_takes_nonsense(self):
        values = cycle(IN_QUERIES)
        for row in ROWS:
            if not row.get:
                continue
            seat, parts, page = self.ask(row, "get")
            query = dict(parse_qsl(parts.query))
            read = {*QUERY.get(row.url, ()), *query}  # by the view itself
            cleaned = {"page", *page.fields("get")} - read  # by what all lists share
            names = read | cleaned
            each = [{name: next(values)} for name in sorted(read)]
            each += [dict.fromkeys(sorted(cleaned), value) for value in IN_QUERIES]
            each.append(dict.fromkeys(sorted(names - query.keys()), LONG))
            for asked in filter(None, each):
                name, value = next(iter(asked.items()))
                with self.subTest(f"{row.title}: {name}={value[:5]!r}"), undone():
                    client = self.world.client(seat)
                    self.holds(client.get(parts.path, {**query, **asked}), value)

    @pytest.mark.postgresql_only  # the stricter of the two: NUL bytes, numbers out of range, lengths
    def test_every_form_takes_nonsense(self):
        for row in ROWS:
            if not row.post:
                continue
            seat, parts, page = self.ask(row, "post")
            good = {**page.fields("post"), **TYPED.get(row.url, {})}
            if "user" in good:  # a phone says whose visit it sends
                good["user"] = self.world.client(seat).session[SESSION_KEY]
            led_on = set()  # by which nonsense: the page behind is read once for each
            for name in sorted(good):
                for value in IN_FORMS.get(page.kinds.get(name, ""), IN_ANY):
                    with self.subTest(f"{row.title}: {name}={value[:5]!r}"), undone():
                        client = self.world.client(seat)
                        sent = client.post(parts.geturl(), {**good, name: value})
                        if sent.status_code == 302 and value not in led_on:
                            led_on.add(value)
                            sent = client.get(urljoin(parts.geturl(), sent.headers["Location"]), follow=True)
                        self.holds(sent, value)
