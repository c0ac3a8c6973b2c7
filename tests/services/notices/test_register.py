"""What hangs: ticked together, one by one, counted; plates numbered; cards handed out."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from grids.models import HubProfile, Node
from services.models import CardIssue, Sign
from services.notices.actions import signs
from services.notices.choices import Notice
from services.notices.queries.register import Progress, progress
from tests.factories import group_leader
from township.models import AuditEvent

BOARDS, PLATES = (reverse("services:signs", args=[one]) for one in ("board", "plate"))
HANG = reverse("services:signs_hang", args=["board"])
NUMBER = reverse("services:plate_numbers")


def words(response) -> str:
    return "".join(str(message) for message in response.context["messages"])


@pytest.mark.both_databases
def test_what_is_ticked_hangs_and_is_counted(client, room):
    client.force_login(room.secretary)
    pks = [grid.pk for grid in room.own.grids]
    sent = {"pk": pks, "hung_on": "2026-09-20", "place": "村委会门口"}
    assert "已登记 2 块公示牌" in words(client.post(HANG, sent, follow=True))
    assert list(Sign.objects.values_list("made_on", "hung_on", "place").distinct()) == [
        (date(2026, 9, 20), date(2026, 9, 20), "村委会门口")
    ]
    # what is left blank stays, and nothing of the future is believed
    client.post(HANG, {"pk": pks[:1], "keeper": "李组长"})
    kept = Sign.objects.get(node=pks[0])
    assert (kept.place, kept.keeper, kept.history.count()) == ("村委会门口", "李组长", 2)
    for wrong, why in (
        ({"pk": pks, "hung_on": f"{localdate() + timedelta(days=1):%Y-%m-%d}"}, "这一天还没有到"),
        ({"pk": pks, "hung_on": "2026-01-01"}, "挂牌日期不能早于制作日期"),
        ({"hung_on": "2026-09-20"}, "请先勾选"),
        ({"pk": pks}, "请填写制作日期"),
        ({"pk": [*pks, room.other.grids[0].pk], "hung_on": "2026-09-20"}, "不归您管"),
        ({"pk": pks, "place": "110101199003078515"}, "身份证号"),
    ):
        assert why in words(client.post(HANG, wrong, follow=True))
    assert Sign.objects.count() == 2
    roots = [room.own.root.pk, room.other.root.pk]
    assert progress(roots, on=date(2026, 9, 30))[Notice.BOARD] == {
        roots[0]: Progress(2, 2, 2),
        roots[1]: Progress(2, 0, 0),
    }
    assert progress(roots[:1], on=date(2026, 9, 19))[Notice.BOARD] == {roots[0]: Progress(2, 0, 0)}
    page = client.get(reverse("services:notices"))
    assert (page.context["boards"].hung, page.context["plates"].due, len(page.context["lines"])) == (2, 2, 1)


def test_the_register_is_filtered_taken_out_and_looked_at_by_others(client, room):
    signs.register(
        notice="plate", pks=[room.own.hubs[0].pk], data={"hung_on": date(2026, 9, 1)}, by=room.secretary
    )
    client.force_login(room.clerk)
    counts = {
        state: client.get(PLATES, {"state": state}).context["page_obj"].paginator.count
        for state in ("", "waiting", "none", "made", "hung")
    }
    assert counts == {"": 4, "waiting": 3, "none": 3, "made": 0, "hung": 1}
    got = client.post(f"{reverse('services:signs_file', args=['plate', 'xlsx'])}?state=hung")
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(got.streaming_content))).worksheets[0].values)
    assert any(room.own.hubs[0].name in row and "已挂牌" in row for row in rows)
    assert not any(room.own.hubs[1].name in row for row in rows)
    pdf = client.post(reverse("services:signs_file", args=["board", "pdf"]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    assert AuditEvent.objects.filter(target__contains="安装登记表").count() == 2
    assert client.post(reverse("services:signs_file", args=["card", "pdf"])).status_code == 404
    # a group's leader sees the hubs below and has nothing to write with
    client.force_login(group_leader(room.own))
    page = client.get(PLATES)
    assert [node.pk for node in page.context["rows"]] == [room.own.hubs[0].pk]
    assert "这些都已挂牌" not in page.text


def test_one_sign_is_corrected_on_its_own_form(client, room):
    client.force_login(room.secretary)
    url = reverse("services:sign", args=[room.own.hubs[0].pk])
    sent = {"made_on": "2026-09-01", "hung_on": "", "place": "大门", "keeper": "户主", "remark": ""}
    assert client.post(url, sent).status_code == 302
    assert Sign.objects.get().state == "made"
    again = client.post(url, {**sent, "hung_on": "2026-08-01"})
    assert "挂牌日期不能早于制作日期" in again.text
    assert client.get(reverse("services:sign", args=[room.other.hubs[0].pk])).status_code == 404


def test_hubs_without_a_number_get_the_next_ones(client, room):
    HubProfile.objects.filter(node=room.own.hubs[0]).update(plate_no="006")
    client.force_login(room.secretary)
    assert client.get(PLATES).context["numbers"] == ["007"]
    answer = client.post(NUMBER, {"village": room.own.root.pk, "letters": ""}, follow=True)
    assert "007" in words(answer)
    assert HubProfile.objects.get(node=room.own.hubs[1]).plate_no == "007"
    assert "都已有编号" in words(client.post(NUMBER, {"village": room.own.root.pk}, follow=True))
    client.post(NUMBER, {"village": room.other.root.pk})
    assert set(HubProfile.objects.filter(node__root=room.other.root).values_list("plate_no", flat=True)) == {
        ""
    }


def test_cards_handed_out_are_written_down_once(client, room):
    client.force_login(room.secretary)
    url, day = reverse("services:card_issue_new"), f"{localdate():%Y-%m-%d}"
    sent = {"node": room.own.groups[0].pk, "day": day, "cards": "60", "households": "58", "handed_by": "组长"}
    assert client.post(url, sent).status_code == 302
    assert "刚才已经登记过" in client.post(url, sent).text
    assert "不能多于张数" in client.post(url, {**sent, "cards": "5"}).text
    assert client.post(url, {**sent, "node": room.other.grids[0].pk}).status_code == 200
    issue = CardIssue.objects.get()
    client.post(reverse("services:card_issue", args=[issue.pk]), {**sent, "cards": "70"})
    page = client.get(reverse("services:card_issues"))
    assert "第1网格 第1党小组" in page.text
    assert CardIssue.objects.get().cards == 70
    got = client.post(reverse("services:card_issues_file", args=["xlsx"]))
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(got.streaming_content))).worksheets[0].values)
    assert any(row[1] == "合计" and row[4] == 70 for row in rows if len(row) > 4)
    client.force_login(room.clerk)
    assert len(client.get(url).context["villages"]) == 2
    assert client.get(url, {"village": room.other.root.pk}).context["village"].pk == room.other.root.pk


def test_a_closed_grid_owes_no_board(room):
    Node.objects.filter(pk=room.own.grids[1].pk).update(closed_on=date(2026, 9, 1), close_reason="merged")
    assert progress([room.own.root.pk], on=date(2026, 9, 30))[Notice.BOARD] == {
        room.own.root.pk: Progress(1, 0, 0)
    }
