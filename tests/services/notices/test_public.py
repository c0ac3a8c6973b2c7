"""The page without a sign-in: off, then exactly what is ticked; the box; one 404; not too often."""

import io

import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image

from grids.models import HouseholdProfile, Node, Person
from services.models import GridPage, StaffContact, Suggestion
from services.notices.actions import pages, signs
from services.notices.actions import staff as staff_actions
from services.notices.actions.staff import PHOTOS
from services.notices.queries.small import bearers, contents
from tests.factories import secretary
from tests.services.notices.conftest import HOME_PHONE, MARKED
from tests.services.tickets.seen import kept_log
from township import limits
from township.history import records_of
from township.models import AuditEvent


def picture(size=(900, 900), *, exif=True):
    out, image = io.BytesIO(), Image.new("RGB", size, (180, 20, 30))
    data = Image.Exif()
    if exif:
        data[0x010F] = "SecretCamera"
        data[0x8825] = {1: "N", 2: (25.0, 1.0, 2.0)}
    image.save(out, "JPEG", exif=data)
    out.seek(0)
    out.name = "照片.jpg"
    return out


@pytest.fixture
def log():
    """What any logger says while a test runs."""
    with kept_log() as words:
        yield words


@pytest.fixture
def page(room):
    fields = ["names", "posts"]
    grid = room.own.grids[0]
    return pages.publish(grid=grid, fields=fields, has_box=True, by=room.secretary, on=grid.since)


def url(page):
    return reverse("services:public_grid", args=[page.token])


def box(page):
    return reverse("services:public_feedback", args=[page.token])


def test_a_page_is_off_until_published_and_dead_after_a_new_address(client, room):
    grid = room.own.grids[0]
    client.force_login(room.secretary)
    client.post(reverse("services:board_publish", args=[grid.pk]), {})
    assert not GridPage.objects.exists()  # nothing ticked
    client.post(reverse("services:board_publish", args=[grid.pk]), {"fields_shown": ["names"]})
    page = GridPage.objects.get()
    stranger = Client()
    open_page = stranger.get(url(page))
    assert (open_page.status_code, open_page["X-Robots-Tag"][:7]) == (200, "noindex")
    assert '<meta name="robots" content="noindex' in open_page.text
    assert len(page.token) == 22
    assert stranger.get(box(page)).status_code == 404  # no box was opened
    assert client.get(reverse("services:board_qr", args=[grid.pk, "png"])).content[:4] == b"\x89PNG"
    assert b"<svg" in client.get(reverse("services:board_qr", args=[grid.pk, "svg"])).content
    client.post(reverse("services:board_withdraw", args=[grid.pk]))
    gone = stranger.get(url(page))
    assert client.get(reverse("services:board_qr", args=[grid.pk, "svg"])).status_code == 404
    client.post(reverse("services:board_publish", args=[grid.pk]), {"fields_shown": ["names"]})
    assert stranger.get(url(page)).status_code == 200
    client.post(reverse("services:board_renew", args=[grid.pk]))
    revoked, unknown = stranger.get(url(page)), stranger.get("/p/g/never/")
    assert gone.content == revoked.content == unknown.content
    assert {gone.status_code, revoked.status_code, unknown.status_code} == {404}
    assert unknown["X-Robots-Tag"][:7] == "noindex"
    page.refresh_from_db()
    assert stranger.get(url(page)).status_code == 200
    assert client.post(reverse("services:board_publish", args=[room.other.grids[0].pk])).status_code == 404


def test_exactly_what_is_ticked_is_shown(client, room, page):
    StaffContact.objects.create(person=room.chief, work_phone="08716611111")
    shown = {"names": "李组长", "posts": "党小组长", "duties": "联系包挂 2–5 名", "phones": "08716611111"}
    for field in shown:
        pages.publish(grid=page.node, fields=[field], has_box=False, by=room.secretary, on=page.published_on)
        text = client.get(url(page)).text
        assert [one for one, words in shown.items() if words in text] == [field]
        assert "13900001111" not in text  # the own number, behind the one for work
    StaffContact.objects.all().delete()
    pages.publish(
        grid=page.node, fields=["names", "phones"], has_box=False, by=room.secretary, on=page.published_on
    )
    alone = client.get(url(page)).text
    assert "李组长" in alone
    assert "13900001111" not in alone  # nor where there is none for work
    assert client.post(url(page)).status_code == 405


@pytest.mark.parametrize("seat", [None, "clerk", "secretary"])
def test_nothing_of_residents_is_ever_public(client, room, page, seat):
    if seat:
        client.force_login(getattr(room, seat))
    fields = GridPage.FIELDS
    pages.publish(grid=page.node, fields=fields, has_box=True, by=room.secretary, on=page.published_on)
    homes = set(HouseholdProfile.objects.values_list("node__name", flat=True))
    for address in (url(page), box(page)):
        text = client.get(address).text
        assert not [word for word in {MARKED, HOME_PHONE, *homes} if word in text]
        assert not [one.name for one in room.own.members if one.name in text]


def test_no_other_village_and_no_log_has_what_people_wrote(client, room, page, log):
    secret = "某某家的事只说给书记听"
    assert client.post(box(page), {"text": secret, "phone": "13755556666"}).status_code == 200
    assert client.get("/p/g/nobody/").status_code == 404
    row = Suggestion.objects.get()
    assert (row.text, row.phone, row.state) == (secret, "13755556666", "new")
    told = [f"{one.target}{one.note}{one.who}{one.address}" for one in AuditEvent.objects.all()]
    record = records_of(Suggestion)
    assert secret not in "".join([*told, *log])
    assert "13755556666" not in "".join([*told, *log])
    assert not {"text", "phone", "answer"} & {field.name for field in record._meta.fields}
    other = pages.suggest(page=page, text="另一条", phone="", now=row.at)
    client.force_login(room.leader)
    for name, args in (("suggestions", []), ("suggestion", [row.pk])):
        assert client.get(reverse(f"services:{name}", args=args)).status_code == 403
    client.force_login(room.clerk)
    listed = client.get(reverse("services:suggestions"))
    assert [one.pk for one in listed.context["rows"]] == [other.pk, row.pk]


ROOM = ("notices", "notice_cards", "card_issues", "reprints", "notice_staff", "hotlines", "suggestions")


def text_of(response):
    """A page's words, or a workbook's."""
    if not response.streaming:
        return response.text
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return "".join(str(cell) for sheet in book for row in sheet.values for cell in row)


def test_another_village_meets_nothing_of_this_one(client, room, page):
    secret, own = "只说给书记听", room.own
    pages.suggest(page=page, text=secret, phone="13755556666", now=page.history.first().history_date)
    told = {"hung_on": own.root.since, "remark": secret, "place": secret, "keeper": secret}
    for notice, rows in (("board", own.grids), ("plate", own.hubs), ("card", own.members)):
        pks = [row.pk for row in rows]
        nodes = list(bearers(notice, Node.objects.filter(pk__in=pks)))
        said = contents(notice, nodes, on=own.root.since)
        signs.note_printed(notice=notice, contents=said, by=room.secretary, on=own.root.since)
        if notice != "card":
            signs.register(notice=notice, pks=pks, data=told, by=room.secretary)
    issue = {"node": own.grids[0], "day": own.root.since, "cards": 1, "handed_by": secret, "remark": secret}
    signs.issue_cards(data=issue, by=room.secretary)
    staff_actions.keep_hotline(by=room.secretary, root=own.root, phone="13755556666")
    Person.objects.filter(root=own.root).update(phone="13755556666")  # now all prints are old
    client.force_login(secretary(room.other))
    asked = [client.get(reverse(f"services:{name}")) for name in ROOM]
    asked += [client.get(reverse("services:signs", args=[one])) for one in ("board", "plate")]
    asked += [client.post(reverse("services:signs_file", args=[one, "xlsx"])) for one in ("board", "plate")]
    asked.append(client.post(reverse("services:card_issues_file", args=["xlsx"])))
    assert {response.status_code for response in asked} == {200}
    words = "".join(text_of(response) for response in asked)
    assert [
        word for word in (secret, "13755556666", "李组长", own.hubs[0].name, own.root.name) if word in words
    ] == []
    assert room.other.hubs[0].name in words
    assert secret not in Client().get(url(page)).text


def test_a_suggestion_is_read_and_handled_with_an_answer(client, room, page):
    row = pages.suggest(page=page, text="路灯坏了", phone="", now=page.history.first().history_date)
    client.force_login(room.secretary)
    step = reverse("services:suggestion_step", args=[row.pk])
    shown = client.get(row.get_absolute_url())
    assert [one.code for one in shown.context["steps"]] == ["read", "handle"]
    for sent, state in (
        ({"step": "handle", "answer": ""}, "new"),
        ({"step": "read"}, "read"),
        ({"step": "handle", "answer": "已修好"}, "handled"),
        ({"step": "read"}, "handled"),
        ({"step": "reopen"}, "read"),
    ):
        client.post(step, sent)
        row.refresh_from_db()
        assert row.state == state
    assert (row.answer, row.history.count()) == ("已修好", 4)


def test_the_box_refuses_what_it_must_not_hold(client, room, page, monkeypatch):
    for wrong, why in (
        ({"text": ""}, "必填"),
        ({"text": "字" * 501}, "500"),
        ({"text": "我的身份证 110101199003078515"}, "身份证号"),
        ({"text": "卡号 6222020200112230018"}, "银行卡号"),
        ({"text": "路灯", "phone": "12"}, "电话"),
    ):
        assert why in client.post(box(page), wrong).text
    assert not Suggestion.objects.exists()
    for _ in range(2):  # sent twice is kept once
        assert "已收到" in client.post(box(page), {"text": "<b>路灯</b>坏了"}).text
    assert Suggestion.objects.count() == 1
    client.force_login(room.secretary)
    assert "&lt;b&gt;路灯" in client.get(reverse("services:suggestions")).text
    monkeypatch.setattr("services.notices.queries.pages.MOST_A_DAY", 1)
    assert "请明天再提" in client.post(box(page), {"text": "还有水管"}).text


def test_one_address_cannot_ask_without_end(client, page, monkeypatch):
    for n in range(5):
        assert client.post(box(page), {"text": f"第{n}条意见"}).status_code == 200
    assert client.post(box(page), {"text": "第六条意见"}).status_code == 429
    assert Suggestion.objects.count() == 5
    cache.clear()
    codes = [client.get("/p/g/guess/").status_code for _ in range(121)]
    assert (codes[:120], codes[-1]) == ([404] * 120, 429)
    assert client.get(url(page)).status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get(url(page)).status_code == 200
    one, same, other = (
        RequestFactory(REMOTE_ADDR=a).get("/") for a in ("2001:db8::1", "2001:db8::2", "2001:db9::1")
    )
    assert [limits.within(r, "x", most=1, seconds=9) for r in (one, same, other)] == [True, False, True]


# --- pictures ---------------------------------------------------------------------------------------


def test_a_picture_is_drawn_anew_shown_when_ticked_and_gone_when_dropped(
    client, room, page, django_capture_on_commit_callbacks
):
    client.force_login(room.secretary)
    edit = reverse("services:notice_staff_edit", args=[room.chief.pk])
    assert client.post(edit, {"photo": picture()}).status_code == 302
    contact = StaffContact.objects.get()
    kept = PHOTOS.path_of(contact.photo).read_bytes()
    with Image.open(io.BytesIO(kept)) as found:
        assert (found.format, found.size, dict(found.getexif())) == ("JPEG", (480, 640), {})
    assert b"SecretCamera" not in kept
    assert client.get(reverse("services:notice_photo", args=[room.chief.pk])).status_code == 200
    stranger = Client()
    seen = reverse("services:public_photo", args=[page.token, contact.photo_sha256[:12]])
    assert stranger.get(seen).status_code == 404  # pictures are not ticked
    fields = [*GridPage.FIELDS]
    pages.publish(grid=page.node, fields=fields, has_box=True, by=room.secretary, on=page.published_on)
    assert seen in stranger.get(url(page)).text
    shown = stranger.get(seen)
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert shown.content == kept
    for wrong in ("0" * 12, "x", contact.photo_sha256):
        assert stranger.get(reverse("services:public_photo", args=[page.token, wrong])).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        client.post(edit, {"drop_photo": "on"})
    assert (PHOTOS.path_of(contact.photo), StaffContact.objects.get().photo) == (None, "")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.pdf", b"%PDF-1.7 %%EOF", "只接收 .jpg、.png"),
        ("x.jpg", b"<svg onload=alert(1)>", "内容却是别的文件"),
        ("x.jpg", picture((60, 60)).getvalue(), "照片太小"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "打不开"),
        ("x.jpg", picture((6000, 5000), exif=False).getvalue(), "2500 万像素"),
    ],
)
def test_what_is_no_portrait_is_refused(client, room, name, content, why):
    client.force_login(room.secretary)
    file = io.BytesIO(content)
    file.name = name
    edit = reverse("services:notice_staff_edit", args=[room.chief.pk])
    assert why in client.post(edit, {"photo": file}).text
    assert not StaffContact.objects.exists()


def test_only_staff_have_pictures(client, room):
    client.force_login(room.secretary)
    for pk in (room.own.people[0].pk, 9_999_999):
        assert client.get(reverse("services:notice_staff_edit", args=[pk])).status_code == 404
    assert client.get(reverse("services:notice_staff")).context["page_obj"].paginator.count == 3


def test_the_villages_hotline_goes_before_the_townships(client, room):
    client.force_login(room.secretary)
    url = reverse("services:hotlines")
    assert client.post(url, {"root": "", "phone": "08716611112"}).status_code == 200
    assert client.post(url, {"root": room.own.root.pk, "phone": "08716611112"}).status_code == 302
    board = client.get(reverse("services:board", args=[room.own.grids[0].pk])).context["board"]
    assert board.hotline == "0871-6611112"
    client.force_login(room.clerk)
    other = client.get(reverse("services:board", args=[room.other.grids[0].pk])).context["board"]
    assert other.hotline == "08716600000"
