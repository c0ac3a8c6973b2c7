import io

import openpyxl
import pytest
from django.urls import reverse

from grids.choices import Kind, Role
from grids.models import GridProfile, Post
from liaison.models import Contact
from services.models import Sign
from tests.factories import SINCE, PersonFactory, UserFactory, appoint, node, secretary
from tests.reports.filing.checks.conftest import sound
from tests.test_query_counts import most_of
from township.choices import OfficeRole

CHECKS = reverse("reports:checks")


@pytest.fixture
def page(client, town):
    """The clerk's page over two villages: one sound, one with a ✖ and two !."""
    client.force_login(UserFactory(township=town.township))
    sound(town.township, "乙村")
    grid = node(Kind.GRID, "第三网格", town.made.root)
    GridProfile.objects.create(node=grid)
    Sign.objects.create(node=grid, hung_on=SINCE)
    Post.objects.filter(node=town.made.groups[0], role=Role.GROUP_LEADER).delete()
    Contact.objects.filter(target=town.made.groups[0]).delete()

    def get(query: str = ""):
        return client.get(f"{CHECKS}?{query}")

    return get


def shown(response) -> list[str]:
    return [one.check.code for one in response.context["page_obj"]]


def test_the_office_sees_villages_by_rules_the_worst_first(page, town):
    (line,) = page().context["lines"]
    assert (line.name, [(cell.check.code, [(t.sign, t.n) for t in cell.tallies]) for cell in line.cells]) == (
        "甲村党支部",
        [("K02", [("✖", 1)]), ("K05", [("!", 2)])],
    )


def test_each_finding_has_its_repair_beside_it(page, town):
    text = page().content.decode()
    assert "第三网格没有建党小组" in text
    assert f'href="/grids/posts/add/?node={town.made.groups[0].pk}"' in text


def test_findings_are_filtered_by_rule_weight_and_village(page, town):
    other = town.township.nodes.get(name="乙村党支部")
    assert shown(page()) == ["K02", "K05", "K05"]
    assert shown(page("show=block")) == ["K02"]
    assert shown(page("rule=K05")) == ["K05", "K05"]
    assert shown(page(f"village={other.pk}")) == []
    assert set(shown(page("show=hint"))) == {"K11"}


def test_the_page_keeps_to_its_number_of_queries(page, django_assert_max_num_queries):
    page()  # what a process reads once is no part of a page
    with django_assert_max_num_queries(most_of(CHECKS)):
        page("show=all")


def test_findings_go_into_a_workbook(page):
    book = openpyxl.load_workbook(io.BytesIO(page("show=block&export=xlsx").content))
    values = [cell.value for row in book.active.iter_rows() for cell in row]
    assert [value for value in values if value and ("网格" in value or "✖" in value)] == [
        "✖ 须改正",
        "2 网格与党小组",
        "第三网格没有建党小组，地域网格数与村民党小组数不等。",
    ]


def test_a_sound_village_is_told_to_file(client, town):
    client.force_login(secretary(town.made))
    response = client.get(CHECKS)
    assert "全部通过，可以上报" in response.content.decode()
    assert response.context["lines"] == []


def test_a_leader_is_led_to_look_and_not_to_mend(client, town):
    client.force_login(UserFactory(township=town.township, office_role=OfficeRole.LEADER))
    group = town.made.groups[0]
    Post.objects.filter(node=group, role=Role.GROUP_LEADER).delete()
    text = client.get(CHECKS).content.decode()
    assert f'href="{group.get_absolute_url()}"' in text
    assert "/grids/posts/add/" not in text


def test_the_secretary_of_one_branch_of_several_is_told_who_checks(client, town):
    general = node(Kind.GENERAL_BRANCH, "丙村党总支", township=town.township)
    branch = node(Kind.BRANCH, "丙村第一党支部", general)
    person = PersonFactory(
        township=town.township, user=UserFactory(township=town.township, office_role=OfficeRole.BY_POST)
    )
    appoint(person, Role.SECRETARY, branch)
    client.force_login(person.user)
    assert "勾稽检查按整个党总支进行" in client.get(CHECKS).content.decode()
