"""What stands in the database after a load: the samples as truth.json says, and other villages like them."""

import json
import random
from collections import Counter

import pytest

from grids import tree
from grids.choices import Kind, Role
from grids.imports import actions
from grids.models import HouseholdProfile, MemberProfile, Node, Person, Post
from tests.factories import TownshipFactory, UserFactory
from tests.grids.imports.loading import TODAY, brief, leaders, places
from tests.grids.imports.test_shapes import SHAPES
from tests.grids.imports.villages import lay_out, make_village, save, truth_path
from township.choices import Deed
from township.models import AuditEvent

TRUTH = json.loads((truth_path() / "truth.json").read_text(encoding="utf-8"))
STANDING = {"正式党员": "full", "预备党员": "probationary"}

pytestmark = pytest.mark.django_db


def load(path, township, **options):
    return actions.load_file(path=path, township=township, today=TODAY, **options)


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_a_sample_stands_as_its_truth_says_after_a_dry_run_and_again_without_change(name):
    truth, township, path = TRUTH[name], TownshipFactory(), truth_path() / name
    dry = load(path, township, dry_run=True)
    assert dry["status"] == "dry_run"
    assert not Node.objects.exists()
    entry = load(path, township)
    assert (entry["status"], entry["errors"], entry["branches"]) == ("applied", [], [truth["branch"]])
    assert entry["counts"] == dry["counts"]
    stands_as(truth)
    before = rows_written()
    again = load(path, township)
    assert (again["status"], brief(again)) == ("unchanged", {})
    assert rows_written() == before


def stands_as(truth):
    links = [[group, member, house, size] for group, _, member, house, _, _, size in places()]
    assert sorted(links) == sorted(truth["links"])
    groups = Node.objects.filter(kind=Kind.GROUP).values_list("grid__name", "name")
    assert sorted(groups) == sorted((grid, group) for grid, group, _ in truth["groups"])
    members = Node.objects.filter(kind=Kind.MEMBER).values_list("group__name", "hub__name", "name")
    assert sorted(members) == sorted(tuple(member) for member in truth["hub_members"])
    counted = Counter(Node.objects.values_list("kind", flat=True))
    expected = {"group": "groups", "hub": "hubs", "member": "members", "household": "households"}
    assert {kind: counted[kind] for kind in expected} == {
        kind: truth["counts"][plural] for kind, plural in expected.items()
    }
    assert counted["branch"] == 1
    assert tree.verify() == []


def rows_written():
    return [model.history.count() for model in (Node, Person, Post, MemberProfile, HouseholdProfile)]


def test_all_samples_share_one_township():
    township = TownshipFactory()
    for name in sorted(TRUTH):
        load(truth_path() / name, township)
    for name, truth in TRUTH.items():
        links = [
            [group, member, house, size] for group, _, member, house, _, _, size in places(truth["branch"])
        ]
        assert sorted(links) == sorted(truth["links"]), name
    assert tree.verify(township.pk) == []


def test_sample_with_leaders_gives_posts_to_its_members():
    load(truth_path() / "杨家沟村_flat.xlsx", TownshipFactory())
    truth = TRUTH["杨家沟村_flat.xlsx"]
    assert {(group, name) for group, name, _ in leaders(truth["branch"])} == {
        (group, leader) for _, group, leader in truth["groups"]
    }
    # A leader who is a member of the group is that member, not a second person of the same name.
    assert Person.objects.count() == truth["counts"]["members"]
    heads = leaders(truth["branch"], Role.HUB_HEAD)
    assert {f"{head}户" for _, head, _ in heads} == {hub for hub, _, _ in heads}
    assert len(heads) == truth["counts"]["hubs"]


def test_member_rows_give_standing_and_floating():
    load(truth_path() / "大坪村_member_rows.xlsx", TownshipFactory())
    truth = TRUTH["大坪村_member_rows.xlsx"]
    held = MemberProfile.objects.values_list("node__group__name", "node__name", "standing", "is_floating")
    assert sorted(held) == sorted(
        (group, name, STANDING[standing], floating) for group, name, standing, floating in truth["members"]
    )


def test_history_and_audit_name_who_and_which_file():
    township = TownshipFactory()
    clerk = UserFactory(township=township)
    load(truth_path() / "大坪村_member_rows.xlsx", township, by=clerk)
    for model in (Node, Person, Post, MemberProfile, HouseholdProfile):
        assert model.history.count() == model.objects.count()
        written = set(model.history.values_list("history_user_id", "history_change_reason"))
        assert written == {(clerk.pk, "导入 大坪村_member_rows.xlsx")}
    [event] = AuditEvent.objects.filter(deed=Deed.IMPORT)
    assert (event.user, event.rows, event.township) == (clerk, 16, township)
    assert "大坪村党支部" in event.note


def test_stored_names_can_be_found_by_their_initials():
    load(truth_path() / "大坪村_member_rows.xlsx", TownshipFactory())
    assert not Node.objects.filter(initials="").exists()
    assert not Person.objects.filter(initials="").exists()


@pytest.mark.sqlite_only  # another drawing of the samples, which stand in both databases
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_other_villages_of_these_shapes_load_whole_and_load_again_without_change(shape, tmp_path):
    rng = random.Random(f"{shape}3")
    village, layout, township = make_village(rng), SHAPES[shape], TownshipFactory()
    path = save(lay_out(village, layout, rng), tmp_path / f"名册{layout.suffix}", layout, rng)
    entry = load(path, township)
    assert (entry["status"], entry["errors"]) == ("applied", [])
    links = sorted((group, hub, member, house, size) for group, hub, member, house, _, _, size in places())
    assert links == village.links()
    again = load(path, township)
    assert (again["status"], brief(again)) == ("unchanged", {})
    assert tree.verify() == []


@pytest.mark.sqlite_only
def test_one_village_in_every_shape_is_one_village(tmp_path):
    """Layouts complete each other: whichever comes first, the second adds facts and no places."""
    rng = random.Random(11)
    village, township = make_village(rng, groups=3), TownshipFactory()
    for number, (shape, layout) in enumerate(sorted(SHAPES.items())):
        path = save(lay_out(village, layout, rng), tmp_path / f"{number}{layout.suffix}", layout, rng)
        entry = load(path, township)
        assert entry["errors"] == [], shape
        links = sorted(
            (group, hub, member, house, size) for group, hub, member, house, _, _, size in places()
        )
        assert links == village.links(), shape
    assert tree.verify() == []
