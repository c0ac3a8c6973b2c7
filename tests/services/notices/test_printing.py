"""Boards, plates and cards at true size with the right words; printed ones that are no longer true."""

import io
import subprocess
from datetime import date

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from grids.actions import undo
from grids.choices import Role
from grids.models import HubProfile, Node, Person, Post
from services.models import Imprint
from services.notices.actions import pages, signs
from services.notices.actions import staff as staff_actions
from services.notices.content import Board, Card, Plate, Staff
from services.notices.queries import small
from services.notices.queries.boards import ABOVE, boards
from services.notices.queries.reprints import stale
from services.notices.queries.small import bearers, cards, contents
from services.notices.sheets import printing, qr
from tests.factories import PersonFactory, appoint
from township.models import Action

DAY = date(2026, 9, 20)
PRINT = {one: reverse("services:notice_print", args=[one]) for one in ("board", "plate", "card")}


def of(rows):
    return list(Node.objects.filter(pk__in=[row.pk for row in rows]).select_related(*ABOVE).order_by("pk"))


def sizes(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            tuple(round(float(n) / printing.MM) for n in (page.mediabox[2], page.mediabox[3]))
            for page in pdf.pages
        ]


def texts(content, tmp_path):
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    found = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return "".join(found.split())  # letters stand apart on purpose


def test_a_board_has_the_staff_of_its_grid_and_nobody_else(room, django_assert_num_queries):
    grids = of(room.own.grids)
    with django_assert_num_queries(5):
        found = boards(grids, on=DAY)
    first, second = (found[grid.pk] for grid in grids)
    chief = next(one for one in first.staff if one.name == "李组长")
    assert (chief.posts, chief.phone) == (("党小组长", "网格工作人员"), "13900001111")
    assert len(chief.duties) == 2
    assert [one.post for one in first.staff] == ["党组织书记", "组织委员", "党小组长、网格工作人员"]
    assert [one.post for one in second.staff] == ["党组织书记", "组织委员"]
    assert (first.unit, first.hotline, first.phoneless) == ("青河乡甲村党支部", "08716600000", ["甲组织"])


def test_sizes_are_true_and_ten_cards_make_a_page(tmp_path):
    staff = tuple(
        Staff(f"人员{n}", ("委员",), "13900000000", ("包挂联系党小组，经常走访。",)) for n in range(14)
    )
    one = printing.BoardPrint(
        Board("青河乡甲村党支部", "第一网格", "110", staff, "t"), {}, "http://x.example/p"
    )
    board = printing.write_boards([one], paper="a2", on=DAY)
    few = printing.BoardPrint(Board("青河乡", "第一网格", "", ()), {})
    assert (sizes(board), printing._BOARD["a4"]) == ([(594, 420)], (297, 210))
    assert sizes(printing.write_boards([few, few], paper="a3", on=DAY)) == [(420, 297)] * 2
    words = texts(board, tmp_path)
    assert all(word in words for word in ("第一网格公示牌", "人员13", "监督电话", "110", "2026年9月"))
    plates = printing.write_plates([Plate("青河乡", "党员示范岗", "果业合作社", "003")])
    assert sizes(plates) == [(297, 210)]
    assert all(word in texts(plates, tmp_path) for word in ("党员示范岗", "果业合作社", "003"))
    card, other = (Card("青河乡", "第一网格", name, "联系党员", "139", "110") for name in ("李平", "王平"))
    sheet = printing.write_cards([(card, 11), (other, 2)])
    assert sizes(sheet) == [(210, 297)] * 2
    assert (texts(sheet, tmp_path).count("李平"), texts(sheet, tmp_path).count("王平")) == (11, 2)
    with pikepdf.open(io.BytesIO(sheet)) as pdf:
        pdf.pages[0].contents_coalesce()
        first = pdf.pages[0].Contents.read_bytes()
        (form,) = pdf.pages[0].Resources.XObject.values()
        assert [round(float(n) / printing.MM) for n in form.BBox][2:] == [90, 54]
    assert first.count(b" l S") == 2 * (printing.COLUMNS + 1 + printing.ROWS + 1)  # cut marks


def test_a_village_is_printed_at_once_and_only_final_prints_are_kept(client, room):
    client.force_login(room.secretary)
    sent = client.post(PRINT["plate"], {"village": room.own.root.pk})
    assert b"".join(sent.streaming_content).startswith(b"%PDF")
    assert not Imprint.objects.exists()
    for notice in ("board", "card"):
        client.post(PRINT[notice], {"village": room.own.root.pk, "final": "on"})
    assert sorted(Imprint.objects.values_list("notice", flat=True)) == ["board"] * 2 + ["card"] * 2
    for wrong in ({"village": room.other.root.pk}, {"pk": [room.other.grids[0].pk]}, {}):
        assert client.post(PRINT["board"], wrong).status_code == 302
    assert client.post(reverse("services:notice_print", args=["x"])).status_code == 404
    assert Imprint.objects.filter(node__root=room.other.root).count() == 0


def test_what_changed_since_stands_on_the_list_until_it_is_printed_again(client, room):
    for notice, rows in (("board", room.own.grids), ("plate", room.own.hubs), ("card", room.own.members)):
        nodes = list(bearers(notice, Node.objects.filter(pk__in=[row.pk for row in rows])))
        note(room, notice, nodes)
    assert stale(room.secretary, on=DAY) == []
    Post.objects.filter(person=room.chief, role=Role.GROUP_LEADER).update(until=DAY)
    appoint(PersonFactory(township=room.township, root=room.own.root, name="王组长"), Role.GROUP_LEADER,
            room.own.groups[0])  # fmt: skip
    HubProfile.objects.filter(node=room.own.hubs[0]).update(plate_no="009")
    person = room.own.people[0]
    person.phone = "13712345678"
    person.save()
    client.force_login(room.secretary)
    page = client.get(reverse("services:reprints"))
    told = [(one.imprint.notice, one.changed) for one in page.context["rows"]]
    assert told == [
        ("board", ["党小组长 李组长 → 王组长"]),
        ("plate", ["编号 无 → 009"]),
        ("card", ["电话有变"]),
    ]
    one = page.context["rows"][0].imprint.pk
    client.post(reverse("services:reprinted"), {"pk": [one]})
    left = client.get(reverse("services:reprints"), {"notice": "board"})
    assert list(left.context["rows"]) == []
    board = client.get(reverse("services:board", args=[room.own.grids[0].pk]))
    assert (board.context["changed"], board.context["imprint"].pk) == ([], one)
    client.post(PRINT["plate"], {"pk": [room.own.hubs[0].pk], "final": "on"})
    assert [row.imprint.notice for row in stale(room.secretary, on=DAY)] == ["card"]
    with pytest.raises(ValidationError, match="不归您管"):
        signs.mark_reprinted(imprints=[one, 0], by=room.secretary, on=DAY)


def note(room, notice, nodes, on=DAY):
    signs.note_printed(notice=notice, contents=contents(notice, nodes, on=on), by=room.secretary, on=on)


def test_reprinted_by_mistake_is_taken_back_whole(client, room):
    (node, *_) = bearers("card", Node.objects.filter(root=room.own.root))
    note(room, "card", [node])
    person = node.member_profile.person
    person.phone = "13712345678"
    person.save()
    client.force_login(room.secretary)
    imprint = Imprint.objects.get()
    client.post(reverse("services:reprinted"), {"pk": [imprint.pk]})
    assert stale(room.secretary, on=DAY) == []
    undo.undo(action=Action.objects.latest("pk"), by=room.secretary)
    assert [one.changed for one in stale(room.secretary, on=DAY)] == [["电话有变"]]
    kept = Imprint.objects.get()
    assert (kept.printed_on, kept.content) == (DAY, imprint.content)
    page = client.get(reverse("grids:action", args=[Action.objects.latest("pk").pk])).text
    assert "牌面内容" not in page


def test_what_is_noted_is_what_was_printed_and_two_at_once_are_told(client, room, monkeypatch):
    client.force_login(room.secretary)
    sent = {"pk": [room.own.hubs[0].pk], "final": "on"}
    read = small.contents

    def changed_meanwhile(*args, **kwargs):
        found = read(*args, **kwargs)
        HubProfile.objects.update(plate_no="777")
        return found

    monkeypatch.setattr(small, "contents", changed_meanwhile)
    client.post(PRINT["plate"], sent)
    assert Imprint.objects.get().content["number"] == ""

    def taken(*_args, **_kwargs):
        raise IntegrityError

    monkeypatch.setattr(signs.history, "create_all", taken)
    refused = client.post(PRINT["plate"], {**sent, "pk": [room.own.hubs[1].pk]}, follow=True)
    assert refused.status_code == 200
    assert "请刷新后再看" in "".join(str(message) for message in refused.context["messages"])


@pytest.mark.parametrize(
    ("host", "address"), [("office.example", "http://office.example/p/g/"), ("127.0.0.1", "")]
)
def test_a_board_bears_its_pictures_and_a_code_that_leads_somewhere(client, room, settings, host, address):
    settings.ALLOWED_HOSTS = ["*"]
    grid = room.own.grids[0]
    portrait = io.BytesIO()
    Image.new("RGB", (300, 400), (10, 90, 200)).save(portrait, "JPEG")
    kept = {"work_phone": "", "drop_photo": False, "by": room.secretary}
    staff_actions.keep_contact(person=room.chief, photo=portrait.getvalue(), **kept)
    page = pages.publish(grid=grid, fields=["names"], has_box=False, by=room.secretary, on=DAY)
    drawn: list[str] = []
    draw = qr.data_uri
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(qr, "data_uri", lambda to: drawn.append(to) or draw(to))
        client.force_login(room.secretary)
        data = {"pk": [grid.pk], "paper": "a4", "final": "on"}
        sent = client.post(PRINT["board"], data, headers={"host": host})
    content = b"".join(sent.streaming_content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        drawings = [one for one in pdf.objects if isinstance(one, pikepdf.Stream)]
        pictures = [one for one in drawings if one.get("/Subtype") == "/Image"]
    assert len(pictures) == 1
    assert set(drawn) == ({f"{address}{page.token}/"} if address else set())
    assert Imprint.objects.get().content["qr"] == (page.token if address else "")
    shown = client.get(reverse("services:board", args=[grid.pk]), headers={"host": host}).text
    assert ("公开页二维码" in shown) is bool(address)
    for url in (reverse("services:board", args=[grid.pk]), reverse("services:signs", args=["board"])):
        assert ("牌上不印二维码" in client.get(url, headers={"host": host}).text) is (not address)


def test_a_card_is_a_members_and_names_the_first_post(room):
    rows = Node.objects.filter(root=room.own.root)
    appoint(room.own.people[0], Role.HUB_HEAD, room.own.hubs[0])
    found = list(cards(list(bearers("card", rows)), on=DAY).values())
    assert [card.post for card in found] == ["中心户（岗）负责人", "联系党员"]
    assert {card.hotline for card in found} == {"08716600000"}


def asked(call) -> int:
    with CaptureQueriesContext(connection) as told:
        call()
    return len(told)


def test_the_reprint_list_asks_as_often_for_many_as_for_few_and_of_the_own_village(client, room):
    for made in (room.own, room.other):
        nodes = list(bearers("card", Node.objects.filter(root=made.root)))
        note(room, "card", nodes[:1])
    Person.objects.update(phone="13712345678")
    client.force_login(room.secretary)
    client.get(reverse("services:reprints"))
    few = asked(lambda: client.get(reverse("services:reprints")))
    note(room, "card", nodes[1:], on=date(2020, 1, 1))
    own = list(bearers("card", Node.objects.filter(root=room.own.root)))
    note(room, "card", own[1:])
    Person.objects.update(phone="13787654321")
    page = client.get(reverse("services:reprints"))
    assert [one.node.root_id for one in page.context["rows"]] == [room.own.root.pk] * 2
    assert asked(lambda: client.get(reverse("services:reprints"))) == few
