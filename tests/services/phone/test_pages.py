"""Phone pages: what they show, what a phone is given to keep, and a page without signal that knows nobody."""

import json
import re
from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import localdate

from services.models import Visit, VisitPlan
from services.phone import rules
from services.visits.choices import Need
from tests.factories import UserFactory
from tests.services.visits.conftest import TODAY, seen
from township.choices import OfficeRole
from township.models import AuditEvent, Township

HOME, FORM = reverse("services:phone"), reverse("services:phone_visit")
PACK = re.compile(r'<script id="phone-pack" type="application/json">(.*?)</script>')


def pack_of(client, url=FORM):
    return json.loads(PACK.search(client.get(url).content.decode()).group(1))


def test_the_cards_say_what_is_due(client, town):
    client.force_login(town.group_leader)
    page = client.get(HOME)
    week = page.context["week"]
    homes = client.get(reverse("services:phone_must")).context["page_obj"].paginator.count
    assert (week.due, week.never, week.visits) == (homes, True, 0)
    days = [*(100 + home for home in range(homes)), 0]  # the first one was seen today, too
    for household, ago in zip([*town.own.households[:homes], town.own.households[0]], days, strict=True):
        Visit.objects.create(
            township=town.township,
            node=town.own.grids[0],
            household=household,
            visitor=town.group_leader.person,
            happened_on=localdate() - timedelta(days=ago),
            plain=True,
        )
    VisitPlan.objects.create(
        household=town.own.households[0], need=Need.ERRANDS, consented=True, interval=30,
        next_on=localdate() - timedelta(days=1),
    )  # fmt: skip
    week = client.get(HOME).context["week"]
    assert (week.due, week.never, week.longest, week.plans_late) == (homes - 1, False, 100 + homes - 1, 1)
    html = client.get(HOME).content.decode()
    assert f"最久 {week.longest} 天 · 必访过期 1 项" in html
    must = client.get(reverse("services:phone_must"))
    first = must.context["homes"][0]
    assert first.over == week.longest - first.every
    assert f"{FORM}?household={first.pk}" in must.content.decode()


def test_a_phone_gets_names_and_doors_of_its_own_scope_and_nothing_more(client, town):
    seen(town, town.group_leader, home=1, content="家里漏雨")
    household = town.own.households[1]
    household.household_profile.phone = "13912345678"
    household.household_profile.save()
    client.force_login(town.group_leader)
    given = pack_of(client)
    kept = given["kept"]
    assert set(kept) == {"user", "grids", "homes", "recent", "visitor", "editor"}
    assert kept["user"] == town.group_leader.pk
    assert {home[0] for home in kept["homes"]} == {
        home.pk for home in town.own.households if home.group_id == town.own.groups[0].pk
    }
    assert kept["recent"] == [household.pk]
    assert next(home for home in kept["homes"] if home[0] == household.pk)[5] == (localdate() - TODAY).days
    assert kept["homes"][0][5] is None  # never seen comes first
    words = json.dumps(given, ensure_ascii=False)
    assert "13912345678" not in words
    assert "漏雨" not in words
    assert given["now"]["people"] == []  # who writes for nobody else needs no names
    client.force_login(town.secretary)
    given = pack_of(client, f"{FORM}?household={household.pk}")
    assert given["now"]["chosen"] == household.pk
    assert town.group_leader.person.name in {name for _, name in given["now"]["people"]}


def test_no_whole_village_lies_on_a_phone_but_all_of_it_is_found(client, town, monkeypatch):
    monkeypatch.setattr("services.phone.queries.MOST_HOMES", 2)
    client.force_login(town.secretary)
    given = pack_of(client)["kept"]["homes"]
    assert len(given) == 2
    absent = next(home for home in town.own.households if home.pk not in {one[0] for one in given})
    found = client.get(reverse("services:phone_find"), {"q": absent.name}).json()["homes"]
    assert absent.pk in {home[0] for home in found}
    assert client.get(reverse("services:phone_find")).json() == {"homes": []}
    other = client.get(reverse("services:phone_find"), {"q": town.other.households[0].name}).json()["homes"]
    assert not {home[0] for home in other} & {home.pk for home in town.other.households}


def test_the_administrator_switches_keeping_off_and_on(client, town):
    admin = UserFactory(township=town.township, office_role=OfficeRole.SYSTEM_ADMIN)
    other = Township.objects.create(code="other", name="别乡")
    client.force_login(admin)
    url = reverse("township:phones")
    assert "允许暂存" in client.get(url).content.decode()
    for keep, now in (("no", False), ("yes", True), ("no", False)):
        client.post(url, {"township": town.township.pk, "keep": keep})
        town.township.refresh_from_db()
        assert town.township.phones_keep is now
    assert "关闭手机暂存走访：青河乡" in AuditEvent.objects.latest("pk").target
    client.post(url, {"township": other.pk, "keep": "no"})
    other.refresh_from_db()
    assert other.phones_keep is True
    client.force_login(town.group_leader)
    assert 'data-keeps="no"' in client.get(HOME).content.decode()
    assert client.get(reverse("services:phone_hello")).json()["keeps"] is False


def test_the_page_without_signal_knows_nobody(client, town):
    shell = reverse("services:phone_shell")
    strange = client.get(shell).content
    client.force_login(town.group_leader)
    assert client.get(shell).content == strange
    html = strange.decode()
    assert "csrfmiddlewaretoken" not in html
    assert "data-user" not in html
    for one in (town.group_leader.full_name, town.township.name, town.own.households[0].name):
        assert one not in html


def test_the_worker_keeps_the_shell_and_every_file_it_needs(client, settings):
    text = client.get(reverse("services:phone_worker")).content.decode()
    files = json.loads(re.search(r"const FILES = (\[.*\]);", text).group(1))
    assert f'const SHELL = "{reverse("services:phone_shell")}";' in text
    html = client.get(reverse("services:phone_shell")).content.decode()
    asked = re.findall(r'(?:href|src)="(/static/[^"#]+)', html)
    assert set(asked) <= set(files)
    folder = settings.BASE_DIR / "static"
    modules = {path.name for path in (folder / "js" / "phone").glob("*.js")}
    named = {name.rsplit("/", 1)[1] for name in rules.MODULES}
    for name in named:
        source = (folder / "js" / "phone" / name).read_text("utf-8")
        assert set(re.findall(r'from "\./([\w-]+\.js)"', source)) <= named, name
    assert modules - named == {"desk.js", "selfcheck.js", "worker.js"}
    for css in rules.STYLES:
        source = (folder / css).read_text("utf-8")
        pictures = {name.rsplit("/", 1)[-1] for name in re.findall(r"url\(\"?\.\./(img/[\w.-]+)", source)}
        assert pictures <= {name.rsplit("/", 1)[1] for name in rules.PICTURES}, css


def test_the_desk_sends_office_seats_to_its_own_form(client, town):
    client.force_login(town.clerk)
    assert client.get(FORM).url == reverse("services:visit_new")
    assert client.get(HOME).status_code == 200
    client.force_login(town.member)
    assert FORM in client.get(reverse("reports:home")).content.decode()
    manifest = client.get(reverse("services:phone_manifest")).json()
    assert (manifest["start_url"], manifest["scope"]) == (HOME, HOME)
