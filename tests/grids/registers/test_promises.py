"""What the paste grid promises a clerk: texts stay texts, days in all forms, nothing written before 保存."""

import io
import json
import re
from datetime import datetime

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from grids.actions.undo import plan_undo, undo
from grids.choices import Role
from grids.models import EntryDraft, HouseholdProfile, HubProfile, MemberProfile, Node, Person, Post
from grids.registers.register import REGISTERS
from grids.registers.rows import GivenRow
from grids.tree import verify
from liaison.choices import Level
from liaison.models import Contact
from tests.factories import appoint
from tests.grids.registers.books import FIRST, at, exported, sent
from township.models import Action

CODES = ["household", "hub", "member", "post", "contact"]
DAYS = [
    "2016-07-01", "2016.7.1", "2016/7/1", "2016年7月1日", "2016年7月1号", "2016年7月", "2016.7", "201607",
    "20160701", "16.7.1", "160701", "２０１６．７．１", "2016 年 7 月 1 日", "2016-07-01 00:00:00", "42552",
]  # fmt: skip


@pytest.fixture
def peopled(made):
    """The village with posts and a contact, so that no register is empty."""
    appoint(made.people[0], Role.SECRETARY, made.root)
    appoint(made.people[1], Role.COMMITTEE, made.root)
    Contact.objects.create(
        township=made.root.township,
        level=Level.COMMITTEE,
        holder=made.people[1],
        target=made.groups[0],
        since=made.root.since,
    )
    return made


def ask(client, what, place, rows, code="household"):
    url = reverse(f"grids:entry_{what}", args=[code]) + f"?node={place.pk}"
    return client.post(url, json.dumps({"rows": rows}), content_type="application/json")


def opened(client, place, code="household"):
    return client.get(reverse("grids:entry", args=[code]), {"node": place.pk}).content.decode()


def told(page):
    start = page.index('id="entry-config"')
    return json.loads(page[page.index(">", start) + 1 : page.index("</script>", start)])


def everything():
    """All rows of the registers and of what writes them down, as they stand."""
    models = (Node, HouseholdProfile, MemberProfile, HubProfile, Person, Post, Contact, Action)
    histories = (Node.history, HouseholdProfile.history, Person.history)
    return [list(model.objects.order_by("pk").values()) for model in models] + [
        rows.count() for rows in histories
    ]


# --- cells ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", DAYS)
@pytest.mark.parametrize(("code", "key"), [("household", "since"), ("member", "since"), ("post", "since")])
def test_a_day_is_read_in_all_usual_forms(code, key, written, peopled, clerk):
    register = REGISTERS[code]
    row = register.rows(clerk, peopled.root)[0]
    given = GivenRow("r1", row.id, row.seen, {**row.cells, key: written})
    found = register.check([given], user=clerk, place=peopled.root)
    assert [said.text for said in found.errors if said.column == key] == []
    assert found.cleaned.get("r1", {}).get(key, written) == "2016-07-01"


def test_every_column_of_days_is_one_to_the_script(peopled, clerk, client):
    client.force_login(clerk)
    kinds = {}
    for code in CODES:
        for column in told(opened(client, peopled.root, code))["columns"]:
            kinds[code, column["title"]] = column["kind"]
    days = {place for place, kind in kinds.items() if kind == "date"}
    assert {code for code, _ in days} == set(CODES)
    assert [place for place in kinds if re.search("日期|时间|届满", place[1]) and place not in days] == []
    phones = [place for place in kinds if "电话" in place[1]]
    assert len(phones) >= 3
    assert {kinds[place] for place in phones} == {"phone"}


def test_phones_and_codes_come_back_from_a_workbook_as_they_were_typed(made, clerk, households):
    row = households.rows(clerk, made.root)[0]
    cells = {**row.cells, "door": "0012", "phone": "0933-8712345"}
    households.save([GivenRow("r1", row.id, row.seen, cells)], user=clerk, place=made.root)
    kept = HouseholdProfile.objects.get(node_id=row.id)
    assert (kept.door, kept.phone) == ("0012", "0933-8712345")
    data = exported(households, clerk, made.root)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    shown = [sheet.cell(FIRST, at(sheet, title)) for title in ("门牌", "户联系电话")]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in shown] == [
        ("0012", "s", "@"),
        ("0933-8712345", "s", "@"),
    ]
    upload = sent(data, clerk, "household")
    assert {line["state"] for line in upload.preview} <= {"same"}
    assert upload.report["counts"]["household"]["same"] == len(made.households)


@pytest.mark.parametrize("code", CODES)
def test_every_register_shows_its_rows_as_texts(code, peopled, clerk, client):
    client.force_login(clerk)
    rows = told(opened(client, peopled.root, code))["rows"]
    assert rows
    assert {type(cell) for row in rows for cell in row["cells"].values()} == {str}


# --- before and after 保存 --------------------------------------------------------------------------


def test_nothing_is_written_before_saving(made, clerk, client):
    client.force_login(clerk)
    first = told(opened(client, made.root))["rows"][0]
    rows = [
        {"row": "r1", "id": first["id"], "seen": first["seen"], "cells": {**first["cells"], "door": "77号"}},
        {"row": "n1", "id": None, "seen": "", "cells": {"name": "新户", "grid": "第1网格"}},
    ]
    before = everything()
    assert ask(client, "check", made.root, rows).json()["errors"] == []
    assert ask(client, "draft", made.root, rows).status_code == 200
    opened(client, made.root)
    assert everything() == before
    assert ask(client, "save", made.root, rows).status_code == 200
    assert everything() != before


def test_a_save_that_breaks_off_leaves_nothing_behind(made, clerk, households, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("disk full")

    before = everything()
    monkeypatch.setattr("grids.registers.register.audit.record", full)
    rows = [GivenRow(f"n{n}", None, "", {"name": f"新户{n}甲", "grid": "第1网格"}) for n in range(3)]
    with pytest.raises(OSError, match="disk full"):
        households.save(rows, user=clerk, place=made.root)
    assert everything() == before
    assert verify() == []


def test_a_draft_is_offered_with_the_time_it_was_kept(made, clerk, client):
    client.force_login(clerk)
    row = {"row": "n1", "id": None, "seen": "", "cells": {"name": "新户"}}
    ask(client, "draft", made.root, [row])
    today = timezone.localtime().replace(hour=14, minute=32)
    EntryDraft.objects.update(at=today)
    assert told(opened(client, made.root))["draft"]["at"] == "14:32"
    earlier = timezone.make_aware(datetime.combine(today.date(), datetime.min.time()))
    EntryDraft.objects.update(at=earlier - timezone.timedelta(hours=9, minutes=28))
    assert re.fullmatch(r"\d\d-\d\d 14:32", told(opened(client, made.root))["draft"]["at"])


def test_one_save_is_taken_back_whole(made, clerk, households):
    before = [list(model.objects.order_by("pk").values()) for model in (HouseholdProfile, Person)]
    names = sorted(Node.objects.values_list("pk", "name", "parent_id", "closed_on"))
    first = households.rows(clerk, made.root)[0]
    rows = [
        GivenRow("r1", first.id, first.seen, {**first.cells, "name": "改了名", "door": "77号"}),
        GivenRow("n1", None, "", {"name": "新户甲", "grid": "第1网格"}),
        GivenRow("n2", None, "", {"name": "新户乙", "linked_by": made.members[0].name}),
    ]
    households.save(rows, user=clerk, place=made.root)
    act = Action.objects.latest("pk")
    assert plan_undo(act, clerk).possible
    undo(action=act, by=clerk)
    assert [list(model.objects.order_by("pk").values()) for model in (HouseholdProfile, Person)] == before
    assert sorted(Node.objects.values_list("pk", "name", "parent_id", "closed_on")) == names
    assert verify() == []


# --- without JavaScript -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_without_javascript_the_page_says_so_and_hands_out_the_template(code, made, clerk, client):
    client.force_login(clerk)
    page = opened(client, made.root, code)
    found = re.search(r"<noscript>(.*?下载工作簿模板.*?)</noscript>", page, re.DOTALL)
    assert found is not None
    assert "JavaScript，当前已关闭" in found[1]
    link = re.search(r'<a href="([^"]+)">下载工作簿模板</a>', found[1])
    assert link is not None
    answer = client.get(link[1].replace("&amp;", "&"))
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    titles = [cell.value for cell in sheet[FIRST - 1]]
    assert {column.title for column in REGISTERS[code].columns if not column.readonly} <= set(titles)
    assert [sheet.cell(row, 1).value for row in (FIRST, FIRST + 2)] == ["示例", None]
