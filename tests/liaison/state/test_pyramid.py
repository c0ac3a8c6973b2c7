"""The pyramid's numbers are those of the lists for a township, a village and a grid; its picture is whole."""

import pytest
from django.urls import reverse

from grids.choices import Kind
from grids.models import Node
from liaison.choices import Edge
from liaison.state.pictures import NARROWEST, WIDTH, Pyramid, Step
from liaison.state.queries.loads import LoadQuery, holders
from liaison.state.queries.problems import problem_counts
from liaison.state.queries.pyramid import pyramid_of
from liaison.state.rules import EDGES, GAP


def by_edge(picture):
    return {step.info.edge: step for step in picture.steps}


@pytest.mark.parametrize("whole", [True, False])
def test_numbers_are_those_of_the_lists(town, whole):
    place = None if whole else town.made.root
    steps = by_edge(pyramid_of(town.asker, place))
    nodes = Node.objects.filter(closed_on=None)
    if place is not None:
        nodes = nodes.filter(root=place)
    count = {kind: nodes.filter(kind=kind).count() for kind in Kind}
    assert steps[Edge.LEADER].holders == count[Kind.GROUP]
    assert steps[Edge.HUB].holders == count[Kind.HUB]
    assert steps[Edge.MEMBER].all_holders == count[Kind.MEMBER]
    assert steps[Edge.MEMBER].holders == count[Kind.MEMBER] - 1  # one is absent
    assert steps[Edge.MEMBER].targets == count[Kind.HOUSEHOLD]
    for edge, step in steps.items():
        assert step.uncovered == problem_counts(town.asker, EDGES[edge], place)[GAP], edge
        if EDGES[edge].level is not None:
            assert step.holders == holders(town.asker, EDGES[edge], LoadQuery(place)).count(), edge
    assert (Edge.GENERAL_BRANCH in steps) == whole  # only where there is a 总支


def test_averages_stand_against_the_ratio_in_sign_and_words(town):
    step = by_edge(pyramid_of(town.asker, town.made.root))[Edge.MEMBER]
    linked = Node.objects.filter(root=town.made.root, kind=Kind.HOUSEHOLD, parent__kind=Kind.MEMBER).count()
    assert step.average == round(linked / 17, 1)
    assert (step.state, step.sign, step.words) == ("under", "▼", "少于10")
    assert by_edge(pyramid_of(town.asker, None))[Edge.TOWN_LEADER].words == ""


def test_a_grid_counts_who_stands_over_it(town):
    grid = Node.objects.get(pk=town.made.grids[1].pk)
    steps = by_edge(pyramid_of(town.asker, grid))
    assert (steps[Edge.TOWN_LEADER].holders, steps[Edge.TOWN_LEADER].targets) == (1, 1)
    assert (steps[Edge.COMMITTEE].holders, steps[Edge.COMMITTEE].targets) == (2, 1)
    assert steps[Edge.LEADER].holders == 1
    households = Node.objects.filter(grid=grid, kind=Kind.HOUSEHOLD, closed_on=None)
    assert steps[Edge.MEMBER].targets == households.count()


def test_a_member_sees_the_own_step_only(town):
    member = Node.objects.get(pk=town.made.members[0].pk)
    picture = pyramid_of(town.asker, member)
    assert [step.info.edge for step in picture.steps] == [Edge.MEMBER]
    assert picture.households == member.children.count()


def test_three_and_three_thousand_both_show():
    steps = [Step(EDGES["E2"], 3, 3, 3, 0), Step(EDGES["E5"], 300, 3000, 3100, 100)]
    layers = Pyramid(steps, 3100).layers
    widths = [layer.width for layer in layers]
    assert widths == sorted(widths)
    assert (min(widths) > NARROWEST, widths[-1]) == (True, WIDTH)
    assert [layer.y for layer in layers] == sorted(layer.y for layer in layers)
    assert Pyramid([], 0).layers[0].width == NARROWEST


def test_the_page_has_picture_and_table_with_ways_to_the_edges(town, client):
    client.force_login(town.clerk)
    page = client.get(reverse("liaison:pyramid"), {"node": town.made.root.pk})
    text = page.content.decode()
    assert text.count("<polygon") == len(page.context["pyramid"].steps) + 1
    assert f"{reverse('liaison:edge', args=['E5'])}?village={town.made.root.pk}" in text
    assert [node.pk for node in dict(page.context["choices"])["党支部和网格"]] == [
        grid.pk for grid in town.made.grids
    ]
    own = client.get(reverse("liaison:pyramid"))
    assert own.context["place"] is None


def test_village_people_begin_at_their_own_place(town, client):
    for user, place in ((town.secretary, town.made.root), (town.leader, town.made.groups[0])):
        client.force_login(user)
        assert client.get(reverse("liaison:pyramid")).context["place"].pk == place.pk
        assert client.get(reverse("liaison:pyramid"), {"node": town.other.root.pk}).status_code == 404
