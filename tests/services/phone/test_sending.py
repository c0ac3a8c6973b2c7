"""What an outbox sends: once however often, never as somebody else, mended rather than lost."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from PIL import Image

from services.models import Matter, Visit, VisitCompanion, VisitPhoto
from services.visits.actions.photos import PHOTOS
from tests.factories import UserFactory
from township.models import AuditEvent

SEND, HELLO = reverse("services:phone_send"), reverse("services:phone_hello")
FIRST, SECOND = "0" * 31 + "1", "0" * 31 + "2"


def sent(client, town, user, *, client_id=FIRST, home=0, **more):
    data = {
        "user": user.pk,
        "client_id": client_id,
        "household": town.own.households[home].pk,
        "mode": "home",
        "occasion": "usual",
        "happened_on": f"{localdate()}",
        "content": "水渠漏水",
        **more,
    }
    return client.post(SEND, {name: value for name, value in data.items() if value != ""})


def texts(answer):
    return [one["text"] for one in answer.json()["errors"]]


def test_a_visit_sent_twice_is_kept_once_and_its_time_is_the_phones(client, town):
    client.force_login(town.group_leader)
    then = timezone.now() - timedelta(hours=3)
    first = sent(client, town, town.group_leader, written=int(then.timestamp() * 1000), disposal="reported")
    again = sent(client, town, town.group_leader, content="第二次", home=1)  # the first record is what counts
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    visit = Visit.objects.get()
    assert (visit.content, visit.client_id, visit.visitor) == ("水渠漏水", FIRST, town.group_leader.person)
    assert abs(visit.happened_at - then) < timedelta(seconds=1)
    assert visit.received_at > visit.happened_at
    assert (visit.matter, visit.household) == (Matter.objects.get(), town.own.households[0])
    assert (visit.node, first.json()["url"]) == (town.own.grids[0], visit.get_absolute_url())
    sent(
        client, town, town.group_leader, client_id=SECOND, written=1, household="", grid=town.own.grids[0].pk
    )
    bare = Visit.objects.get(client_id=SECOND)
    assert (bare.household, bare.happened_at) == (None, None)  # a clock of 1970 is not believed


def test_what_cannot_be_taken_says_field_and_reason_and_keeps_nothing(client, town):
    client.force_login(town.group_leader)
    user = town.group_leader
    tomorrow = f"{localdate() + timedelta(days=1)}"
    for more, why in (
        ({"content": ""}, "请写民情内容"),
        ({"happened_on": tomorrow}, "还没有到"),
        ({"content": "", "plain": "on", "disposal": "reported"}, "请写明内容"),
        ({"client_id": "x"}, "编号不对"),
        ({"household": "", "grid": ""}, "请选农户或网格"),
        ({"household": town.other.households[0].pk}, "不在您的范围里"),
        ({"household": town.own.households[-1].pk}, "不在您的范围里"),  # of the other group
        ({"household": 2**61}, "不在您的范围里"),
    ):
        answer = sent(client, town, user, **more)
        assert (answer.status_code, why in "".join(texts(answer))) == (422, True), (more, answer.content)
    errors = sent(client, town, user, content="").json()["errors"]
    assert errors[0]["label"] == "民情内容"
    assert Visit.objects.count() == 0


def test_nobody_sends_for_somebody_else(client, town):
    client.force_login(town.member)
    answer = sent(client, town, town.group_leader)
    assert (answer.status_code, answer.json()["text"]) == (
        409,
        "这条走访是另一个账号写的，请用那个账号登录后上传。",
    )
    client.force_login(town.leader)
    assert client.get(HELLO).status_code == 403
    client.logout()
    expired = sent(client, town, town.group_leader)
    assert (expired.status_code, expired.json()) == (401, {"text": "登录已过期，请重新登录。"})
    town.group_leader.must_change_password = True
    town.group_leader.save()
    client.force_login(town.group_leader)
    assert sent(client, town, town.group_leader).status_code == 401
    assert Visit.objects.count() == 0


def test_a_secretary_sends_for_another_and_hello_says_who_is_there(client, town):
    client.force_login(town.secretary)
    told = client.get(HELLO).json()
    assert (told["user"], told["keeps"], bool(told["token"])) == (town.secretary.pk, True, True)
    answer = sent(client, town, town.secretary, visitor=town.group_leader.person.pk)
    assert answer.status_code == 201
    assert Visit.objects.get().visitor == town.group_leader.person
    assert VisitCompanion.objects.count() == 0
    stranger = UserFactory(township=town.township)
    client.force_login(stranger)
    assert client.get(HELLO).json()["keeps"] is False  # an office works at a desk


# --- photos -------------------------------------------------------------------------------------------


def picture(size=(1600, 900), kind="JPEG", **more):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "AMaker"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (35.0, 12.0, 7.5)
    Image.new("RGB", size, (90, 120, 60)).save(out, kind, exif=exif, **more)
    out.name = f"a.{kind.lower().replace('jpeg', 'jpg')}"
    out.seek(0)
    return out


@pytest.fixture
def visit(client, town):
    client.force_login(town.group_leader)
    sent(client, town, town.group_leader)
    return Visit.objects.get()


def put(client, visit, content, client_id):
    url = reverse("services:phone_send_photo", args=[visit.pk])
    return client.post(url, {"photo": content, "client_id": client_id})


def test_a_photo_is_drawn_anew_without_its_place_and_kept_once(client, town, visit):
    first = put(client, visit, picture(), FIRST)
    again = put(client, visit, picture((300, 300)), FIRST)
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    row = VisitPhoto.objects.get()
    content = PHOTOS.path_of(row.kept_name).read_bytes()
    assert b"AMaker" not in content
    assert row.file_size == len(content)
    with Image.open(io.BytesIO(content)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (1280, 720), {})
    answer = client.get(reverse("services:visit_photo", args=[row.pk]))
    assert (answer.content, answer.headers["Content-Type"]) == (content, "image/jpeg")
    for fault, why in ((io.BytesIO(b"<svg/>"), "只接收"), (picture((90, 90)), "太小"), ("", "请选择照片")):
        if not isinstance(fault, str):
            fault.name = getattr(fault, "name", "a.svg")
        answer = put(client, visit, fault, SECOND)
        assert (answer.status_code, why in "".join(texts(answer))) == (422, True), why
    for number in (3, 4):
        assert put(client, visit, picture(), f"{number:032x}").status_code == 201
    assert texts(put(client, visit, picture(), f"{5:032x}")) == ["一次走访最多 3 张照片，请先删去一张。"]


def test_a_deleted_photo_leaves_no_file(client, town, visit):
    put(client, visit, picture(), FIRST)
    row = VisitPhoto.objects.get()
    path = PHOTOS.path_of(row.kept_name)
    client.force_login(town.secretary)
    page = client.get(visit.get_absolute_url()).content.decode()
    assert reverse("services:visit_photo", args=[row.pk]) in page
    added = client.post(reverse("services:visit_photo_add", args=[visit.pk]), {"photo": picture()})
    assert (added.status_code, VisitPhoto.objects.count()) == (302, 2)
    client.post(reverse("services:visit_photo_remove", args=[row.pk]))
    assert (path.exists(), VisitPhoto.objects.count()) == (False, 1)
    assert "删除走访照片" in AuditEvent.objects.latest("pk").target
    bad = client.post(reverse("services:visit_photo_add", args=[visit.pk]), {}, follow=True)
    assert "没有添加：请选择照片。" in bad.content.decode()
