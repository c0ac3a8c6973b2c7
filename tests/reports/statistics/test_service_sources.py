"""What annex 1 counts of the ledgers of services and of the reserve: what stands, and what no more."""

from datetime import date

from grids.choices import Role
from grids.models import ReserveCadre
from grids.reserve import actions
from reports.statistics import queries
from reports.statistics.roster_sources import tell_people
from reports.statistics.screen import rows_url
from services.models import DemoHousehold, ServiceTeam, Venue, Volunteer, VolunteerPoint
from tests.factories import TownshipFactory, UserFactory, appoint, village

TODAY, PAST, COMING = date(2026, 11, 28), date(2026, 3, 1), date(2027, 1, 1)
CODES = (
    "demo_household_count", "reserve_cadre_count", "venue_count", "volunteer_station_count", "team_count",
    "volunteer_count",
)  # fmt: skip


def test_only_what_stands_on_the_day_counts_and_opens_with_its_page(db):
    township = TownshipFactory()
    own, other = (village(township, name, groups=1, hubs=1, members=3, households=0) for name in ("甲", "乙"))
    root = {"root": own.root}
    team = {**root, "kind": "other", "basis": "need", "leader": "李平"}
    for at, ends in enumerate(({}, {"ended_on": PAST}, {"ended_on": COMING})):
        DemoHousehold.objects.create(member=own.members[at], industry="苹果", **ends)
        ServiceTeam.objects.create(name=f"队{at}", **team, **ends)
        Venue.objects.create(name=f"场所{at}", **root, **ends)
    Venue.objects.create(name="明年启用", opened_on=COMING, **root)
    Volunteer.objects.create(name="王成", **root)
    Volunteer.objects.create(name="刘海", left_on=PAST, **root)
    VolunteerPoint.objects.create(township=township, name="站", opened_on=PAST, **root)
    VolunteerPoint.objects.create(township=township, name="筹建", root=other.root)
    VolunteerPoint.objects.create(township=township, name="中心", opened_on=PAST)
    for at, state in enumerate(("recommended", "training", "used", "left")):
        ReserveCadre.objects.create(
            township=township, name=f"人{at}", nomination="branch", nominated_on=PAST, said="同意",
            target_post="other", state=state, state_on=PAST, **root,
        )  # fmt: skip
    first, second = queries.read(township_id=township.pk, on=TODAY)
    assert [first.counts.value(code) for code in CODES] == [2, 1, 2, 1, 2, 1]
    assert [second.counts.value(code) for code in CODES] == [0] * 6
    own.members[0].closed_on, own.members[0].close_reason = PAST, "deceased"
    own.members[0].save()
    first, _ = queries.read(township_id=township.pk, on=TODAY)
    assert first.counts.value("demo_household_count") == 1


def test_the_reserve_and_posts_are_told_as_of_the_day(db):
    township = TownshipFactory()
    own = village(township, "甲", groups=1, hubs=1, members=1, households=0)
    clerk = UserFactory(township=township)
    data = {
        "name": "李安", "nomination": "branch", "nominated_on": date(2026, 1, 5), "target_post": "other",
    }  # fmt: skip
    cadre = actions.recommend(root=own.root, data=data, by=clerk)
    for code, text, day in (
        ("review", "同意", PAST), ("train", "参加培训", date(2026, 5, 1)), ("use", "委员", TODAY),
    ):  # fmt: skip
        actions.take_step(cadre=cadre, code=code, text=text, day=day, by=clerk)
    days = (date(2026, 2, 1), PAST, date(2026, 4, 1), date(2026, 6, 1), TODAY)
    found = [queries.collect([own.root.pk], day, {"reserve_cadre_count"}) for day in days]
    assert [one.number("reserve_cadre_count") for one in found] == [0, 1, 1, 1, 0]
    person = own.people[0]
    appoint(person, Role.GROUP_LEADER, own.groups[0], since=PAST)
    places = [tell_people([person.pk], None, day)[person.pk].place for day in days]
    assert places == ["", *["党小组长（第1党小组）"] * 4]


def test_the_reserve_opens_without_names(db, client):
    township = TownshipFactory()
    own = village(township, "甲", groups=1, hubs=1, members=1, households=0)
    ReserveCadre.objects.create(
        township=township, root=own.root, name="李安", nomination="branch", nominated_on=PAST, said="同意",
        target_post="other", state="training", state_on=PAST,
    )  # fmt: skip
    client.force_login(UserFactory(township=township))
    page = client.get(rows_url("reserve_cadre_count", own.root.pk))
    assert page.status_code == 200
    assert "姓名见后备干部库" in page.text
    assert "李安" not in page.text
