"""The paste grid's page and what its script asks."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grids.models import EntryDraft, HouseholdProfile, Node
from tests.factories import group_leader, village
from township.choices import OfficeRole


@pytest.fixture
def browser(client: Client, clerk) -> Client:
    client.force_login(clerk)
    return client


def ask(browser, what, made, body, code="household"):
    url = reverse(f"grids:entry_{what}", args=[code]) + f"?node={made.root.pk}"
    return browser.post(url, json.dumps(body), content_type="application/json")


def config(response):
    text = response.content.decode()
    start = text.index('id="entry-config"')
    return json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])


def page(browser, made, code="household", node=None):
    return browser.get(reverse("grids:entry", args=[code]), {"node": (node or made.root).pk})


@pytest.mark.parametrize("code", ["household", "member", "hub", "post", "contact"])
def test_the_page_tells_the_script_columns_and_rows(browser, made, code):
    told = config(page(browser, made, code))
    assert told["limit"] == 1000
    assert told["draft"] is None
    assert {column["key"] for column in told["columns"]} >= {"since"}
    for row in told["rows"]:
        assert all(isinstance(cell, str) for cell in row["cells"].values())


def test_choices_carry_their_initials(browser, made):
    columns = {column["key"]: column for column in config(page(browser, made))["columns"]}
    assert columns["villager_group"]["choices"] == [{"label": "一社", "initials": "ys"}]
    assert columns["phone"]["kind"] == "phone"
    assert (columns["size"]["min"], columns["size"]["max"]) == (1, 50)


def test_the_office_chooses_a_village_and_a_secretary_has_one(browser, client, made, own_secretary):
    assert "录入哪个村" in browser.get(reverse("grids:entry", args=["household"])).content.decode()
    client.force_login(own_secretary)
    own = client.get(reverse("grids:entry", args=["household"]))
    assert len(config(own)["rows"]) == len(made.households)


def test_too_many_rows_ask_for_a_grid(browser, made, monkeypatch):
    monkeypatch.setattr("grids.registers.views.LIMIT", 3)
    text = page(browser, made).content.decode()
    assert "请选一个网格" in text
    assert made.grids[0].name in text


def test_without_javascript_the_page_says_so(browser, made):
    assert "<noscript>" in page(browser, made).content.decode()


def test_check_and_save_by_the_contract(browser, made):
    row = config(page(browser, made))["rows"][0]
    bad = {"row": "r1", "id": row["id"], "seen": row["seen"], "cells": {**row["cells"], "phone": "123"}}
    checked = ask(browser, "check", made, {"rows": [bad]}).json()
    assert checked["errors"][0] | {"text": ""} == {"row": "r1", "column": "phone", "text": ""}
    assert checked.keys() == {"errors", "notes", "cleaned", "bands"}
    refused = ask(browser, "save", made, {"rows": [bad]})
    assert (refused.status_code, refused.json()["errors"][0]["column"]) == (422, "phone")
    good = {**bad, "cells": {**row["cells"], "phone": "13800000001"}}
    saved = ask(browser, "save", made, {"rows": [good]})
    assert saved.status_code == 200
    assert saved.json()["said"] == "已保存 1 行（新增 0，修改 1）"
    clash = {**bad, "cells": {**row["cells"], "phone": "13800000002"}}
    met = ask(browser, "save", made, {"rows": [clash]})
    assert met.status_code == 409
    answer = met.json()
    assert (answer["conflicts"][0]["theirs"], answer["conflicts"][0]["mine"]) == (
        "13800000001",
        "13800000002",
    )
    again = {"rows": [{**clash, "seen": answer["seen"]["r1"]}], "choices": {"r1": {"phone": "mine"}}}
    assert ask(browser, "save", made, again).status_code == 200
    assert HouseholdProfile.objects.get(node_id=row["id"]).phone == "13800000002"


def test_a_draft_is_kept_offered_and_gone_once_saved(browser, made, clerk):
    row = config(page(browser, made))["rows"][0]
    sent = {"row": "r1", "id": row["id"], "seen": row["seen"], "cells": {**row["cells"], "door": "7号"}}
    kept = ask(browser, "draft", made, {"rows": [sent, {"row": "n1", "id": None, "cells": {"name": "演示"}}]})
    assert kept.json()["at"] == f"{timezone.localtime():%H:%M}"
    offered = config(page(browser, made))["draft"]
    assert [found["cells"].get("door") for found in offered["rows"]] == ["7号", None]
    ask(browser, "save", made, {"rows": [sent]})
    assert not EntryDraft.objects.exists()
    ask(browser, "draft", made, {"rows": [sent]})
    assert ask(browser, "draft", made, {"rows": []}).json() == {"at": ""}
    assert not EntryDraft.objects.exists()


def test_drafts_are_ones_own_and_go_after_a_week(browser, client, made, clerk, own_secretary):
    sent = {"row": "r1", "id": None, "seen": "", "cells": {"name": "演示"}}
    ask(browser, "draft", made, {"rows": [sent]})
    EntryDraft.objects.update(at=timezone.now() - timedelta(days=8))
    assert config(page(browser, made))["draft"] is None
    client.force_login(own_secretary)
    ask(client, "draft", made, {"rows": [sent]})
    assert EntryDraft.objects.get().user == own_secretary


@pytest.mark.parametrize("what", ["check", "save", "draft"])
@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"x"',
        "{}",
        '{"rows": {}}',
        '{"rows": [7]}',
        '{"rows": [{}]}',
        '{"rows": [{"row": 1, "cells": {}}]}',
        '{"rows": [{"row": "r", "cells": []}]}',
        '{"rows": [{"row": "r", "id": "7", "cells": {}}]}',
        '{"rows": [{"row": "r", "id": true, "cells": {}}]}',
        '{"rows": [{"row": "r", "id": 99999999999999999999, "seen": "1", "cells": {}}]}',
        '{"rows": [{"row": "r", "id": 7, "seen": "x", "cells": {}}]}',
        '{"rows": [{"row": "r", "id": 7, "seen": [], "cells": {}}]}',
        '{"rows": [{"row": "r", "id": 7, "cells": {}}]}',
        '{"rows": [{"row": "r", "id": null, "cells": {"name": 7}}]}',
        '{"rows": [{"row": "r", "id": null, "cells": {"name": "' + "长" * 2001 + '"}}]}',
        "[" * 100_000,
        b"\xff\xfe",
    ],
    ids=lambda body: str(body[:24]),
)
def test_what_is_no_request_is_answered_in_words(browser, made, what, body):
    url = reverse(f"grids:entry_{what}", args=["household"]) + f"?node={made.root.pk}"
    answer = browser.post(url, body, content_type="application/json")
    assert answer.status_code == 400
    assert "没有处理" in answer.json()["errors"][0]["text"]


def test_odd_characters_and_unknown_columns_do_no_harm(browser, made):
    cells = {"name": "演\0示\ud800甲", "grid": "第1网格", "unknown": "x", "door": "\u202e1号"}
    row = {"row": "r1", "id": None, "seen": "", "cells": cells}
    assert ask(browser, "draft", made, {"rows": [row]}).status_code == 200
    assert ask(browser, "check", made, {"rows": [row]}).json()["errors"] == []
    assert ask(browser, "save", made, {"rows": [row], "choices": [7]}).status_code == 200
    assert Node.objects.get(name="演示甲").household_profile.door == "1号"


def test_too_much_at_once_is_refused(browser, made):
    rows = [{"row": f"r{i}", "id": None, "seen": "", "cells": {}} for i in range(1001)]
    assert "一次最多 1000 行" in ask(browser, "save", made, {"rows": rows}).json()["errors"][0]["text"]
    twice = [{"row": "r1", "id": None, "seen": "", "cells": {}}] * 2
    assert ask(browser, "check", made, {"rows": twice}).status_code == 400


def test_outside_ones_scope_there_is_nothing(client, made, own_secretary):
    other = village(made.root.township, "西坡村")
    client.force_login(own_secretary)
    assert page(client, other).status_code == 404
    for what in ("check", "save", "draft"):
        assert ask(client, what, other, {"rows": []}).status_code == 404
    assert page(client, made, "nothing").status_code == 404
    assert page(client, made, node=made.hubs[0]).status_code == 404


def test_readers_have_no_grid(client, made):
    leader = group_leader(made)
    client.force_login(leader)
    assert page(client, made, node=made.groups[0]).status_code == 403
    url = reverse("grids:entry_save", args=["household"]) + f"?node={made.groups[0].pk}"
    assert client.post(url, "{}", content_type="application/json").status_code == 403


def test_a_reading_office_has_no_grid_either(client, made, clerk):
    clerk.office_role = OfficeRole.LEADER
    clerk.save()
    client.force_login(clerk)
    assert page(client, made).status_code == 403
    assert ask(client, "check", made, {"rows": []}).status_code == 403


def test_who_sees_numbers_masked_keeps_them_whole(made, own_secretary, monkeypatch):
    """Nobody edits without seeing numbers today; should that change, a masked cell still wipes nothing."""
    from grids.registers.register import REGISTERS
    from grids.registers.rows import GivenRow

    register = REGISTERS["member"]
    monkeypatch.setattr("grids.access.sees_full_phone", lambda *_: False)
    row = register.rows(own_secretary, made.root)[0]
    assert "•" in row.cells["phone"]
    given = GivenRow("r1", row.id, row.seen, {**row.cells, "remark": "新"})
    assert register.check([given], user=own_secretary, place=made.root).errors == []
    register.save([given], user=own_secretary, place=made.root)
    made.people[0].refresh_from_db()
    assert "•" not in made.people[0].phone
    assert len(made.people[0].phone) == 11


def test_the_page_costs_the_same_for_many_rows(browser, made, django_assert_max_num_queries):
    counts = []
    big = village(made.root.township, "大村", groups=5, hubs=4, members=5, households=5)
    page(browser, made)
    for place in (made, big):
        with django_assert_max_num_queries(25) as queries:
            assert page(browser, place).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
