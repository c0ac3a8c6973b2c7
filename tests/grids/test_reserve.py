"""后备干部库: for clerk and secretary only, each look noted, moved by steps, named nowhere else."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import localdate

from grids.models import ReserveCadre
from grids.queries.footprints import tracked_models
from grids.reserve import actions, queries
from grids.reserve.rules import BOTH, CLERK, RESERVE, SECRETARY
from reports.statistics.service_sources import tell_cadres
from tests.factories import TownshipFactory, UserFactory, group_leader, secretary, village
from township.choices import OfficeRole
from township.lifecycle import NotAllowed
from township.models import AuditEvent

LIST, NEW = reverse("grids:reserve"), reverse("grids:reserve_new")
DAY = date(2026, 3, 1)
FACTS = {
    "name": "李安", "current_post": "村文书", "nomination": "branch", "nominated_on": DAY,
    "target_post": "committee", "mentor": "王平",
}  # fmt: skip


@pytest.fixture
def town(db):
    township = TownshipFactory(name="青河乡")
    own, other = (village(township, name, groups=1, hubs=1, members=1) for name in ("甲村", "乙村"))
    return {
        "own": own,
        "other": other,
        CLERK: UserFactory(township=township),
        "leader": UserFactory(township=township, office_role=OfficeRole.LEADER),
        SECRETARY: secretary(own),
        "group_leader": group_leader(own),
        "neighbour": secretary(other),
    }


@pytest.fixture
def cadre(town):
    return actions.recommend(root=town["own"].root, data=FACTS, by=town[SECRETARY])


def test_the_table_of_steps():
    states = ("recommended", "training", "used", "left")
    assert {state: [one.code for one in RESERVE.open_to(state, BOTH)] for state in states} == {
        "recommended": ["review", "leave"],
        "training": ["train", "use", "leave"],
        "used": ["back"],
        "left": ["back"],
    }
    assert [one.code for one in RESERVE.steps if SECRETARY in one.roles] == ["train"]


def test_from_recommended_to_used_with_all_words_kept(town, cadre):
    with pytest.raises(NotAllowed, match="审查意见"):
        actions.take_step(cadre=cadre, code="review", text="", day=DAY, by=town[CLERK])
    with pytest.raises(NotAllowed, match="岗位不能"):
        actions.take_step(cadre=cadre, code="review", text="同意", day=DAY, by=town[SECRETARY])
    with pytest.raises(Exception, match="不能早于推荐日期"):
        actions.take_step(cadre=cadre, code="review", text="同意", day=date(2026, 2, 1), by=town[CLERK])
    actions.take_step(cadre=cadre, code="review", text="同意入库", day=date(2026, 4, 1), by=town[CLERK])
    actions.take_step(cadre=cadre, code="train", text="参加培训班", day=date(2026, 5, 1), by=town[SECRETARY])
    row = actions.take_step(cadre=cadre, code="use", text="支部委员", day=date(2026, 9, 1), by=town[CLERK])
    told = [(one.state, one.words) for one in queries.trail(row)]
    assert told == [("已使用", "支部委员"), ("培养", "参加培训班"), ("培养中", "同意入库"), ("待审查", "")]
    with pytest.raises(PermissionDenied):
        actions.take_step(cadre=cadre, code="back", text="再培养", day=DAY, by=town["neighbour"])


def test_for_clerk_and_secretary_only_and_each_look_is_noted(town, cadre, client):
    for seat, status in ((CLERK, 200), (SECRETARY, 200), ("leader", 403), ("group_leader", 403)):
        client.force_login(town[seat])
        assert [client.get(url).status_code for url in (LIST, cadre.get_absolute_url())] == [status] * 2
    client.force_login(town["neighbour"])
    assert client.get(cadre.get_absolute_url()).status_code == 404
    assert "李安" not in client.get(LIST).content.decode()
    looks = AuditEvent.objects.filter(deed="look")
    assert looks.count() == 5, "two each for clerk and secretary, one empty list for the neighbour"
    client.force_login(town[CLERK])
    book = client.get(LIST, {"export": "xlsx"})
    assert book.content.startswith(b"PK")
    assert AuditEvent.objects.filter(deed="export", target="后备干部库", rows=1).exists()
    client.get(LIST, {"export": "xlsx", "q": "李安"})
    client.get(reverse("grids:reserve_edit", args=[cadre.pk]))
    assert AuditEvent.objects.filter(deed="look", target__contains=f"编号 {cadre.pk}（修改页）").count() == 1
    written = AuditEvent.objects.values_list("target", "note")
    assert ("后备干部库", "筛选：q=…") in written
    assert "李安" not in "".join(target + note for target, note in written)


def test_a_correction_writes_what_was_corrected_and_leaves_a_line_without_the_name(town, cadre):
    actions.take_step(cadre=cadre, code="review", text="同意", day=date(2026, 4, 1), by=town[CLERK])
    row = actions.change(cadre=cadre, data=FACTS | {"mentor": "赵明"}, by=town[SECRETARY])
    assert (row.state, row.said, row.mentor) == ("training", "同意", "赵明"), "the step between stands"
    told = AuditEvent.objects.filter(target__startswith="后备干部库").order_by("pk")
    assert list(told.values_list("user", "deed", "target")) == [
        (town[SECRETARY].pk, "create", f"后备干部库：甲村党支部（编号 {cadre.pk}）"),
        (town[CLERK].pk, "change", f"后备干部库：审查入库，编号 {cadre.pk}"),
        (town[SECRETARY].pk, "change", f"后备干部库：甲村党支部（编号 {cadre.pk}）"),
    ]


def test_on_the_pages_a_secretary_recommends_and_the_office_reviews(town, client):
    client.force_login(town[SECRETARY])
    root = town["own"].root.pk
    data = FACTS | {"root": root, "nominated_on": "2026-03-01"}
    assert "这一天还没有到" in client.post(NEW, data | {"nominated_on": "2099-01-01"}).content.decode()
    foreign = client.post(NEW, data | {"root": town["other"].root.pk})
    assert foreign.context["form"].errors.keys() == {"root"}
    assert [client.post(NEW, data).status_code for _ in range(2)] == [302, 200]
    row = ReserveCadre.objects.get()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "审查入库" not in page
    edit = reverse("grids:reserve_edit", args=[row.pk])
    assert client.post(edit, data | {"current_post": "会计"}).status_code == 302
    client.force_login(town[CLERK])
    step = {"step": "review", "text": "同意", "day": f"{localdate():%Y-%m-%d}"}
    answer = client.post(reverse("grids:reserve_step", args=[row.pk]), step, follow=True)
    assert "已处理" in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.current_post, row.said) == ("training", "会计", "同意")


def test_named_on_no_timeline_and_behind_no_number(town, cadre):
    assert ReserveCadre not in tracked_models()
    told = tell_cadres([cadre.pk], town["leader"], DAY)[cadre.pk]
    assert (told.name, told.url) == (f"后备干部（编号 {cadre.pk}）", "")
    assert tell_cadres([cadre.pk], town[CLERK], DAY)[cadre.pk].url == cadre.get_absolute_url()
