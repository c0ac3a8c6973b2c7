"""Two people on the same rows: nothing is overwritten unseen, and nothing untouched is put back."""

import pytest

from grids.models import HouseholdProfile
from grids.registers.rows import Conflicted, GivenRow


def write(register, user, place, row, **cells):
    register.save([GivenRow("x", row.id, "", cells)], user=user, place=place)


@pytest.fixture
def opened(households, clerk, made):
    """A row as the first of the two saw it; its profile has a history."""
    write(
        households, clerk, made.root, households.rows(clerk, made.root)[0], phone="13900000001", remark="旧"
    )
    return households.rows(clerk, made.root)[0]


def test_other_cells_of_the_row_keep_what_others_wrote(
    households, clerk, own_secretary, made, opened, changed
):
    write(households, own_secretary, made.root, opened, door="77号", linked_by="")
    households.save([changed(opened, phone="13900000002")], user=clerk, place=made.root)
    now = households.rows(clerk, made.root)
    cells = next(row.cells for row in now if row.id == opened.id)
    assert (cells["door"], cells["phone"], cells["linked_by"]) == ("77号", "13900000002", "")


def test_the_same_cell_is_shown_with_both_values(households, clerk, own_secretary, made, opened, changed):
    write(households, own_secretary, made.root, opened, phone="13900000003", door="77号")
    with pytest.raises(Conflicted) as met:
        households.save([changed(opened, phone="13900000002")], user=clerk, place=made.root)
    conflict = met.value.conflicts[0]
    assert len(met.value.conflicts) == 1
    assert (conflict.row, conflict.column, conflict.title) == ("r1", "phone", "户联系电话")
    assert (conflict.was, conflict.theirs, conflict.mine) == ("13900000001", "13900000003", "13900000002")
    assert conflict.who == own_secretary.full_name
    assert len(conflict.at) == len("14:30")
    assert HouseholdProfile.objects.get(node_id=opened.id).phone == "13900000003"


@pytest.mark.parametrize(("pick", "kept"), [("mine", "13900000002"), ("theirs", "13900000003")])
def test_the_second_chooses_and_the_rest_stays(households, clerk, own_secretary, made, opened, pick, kept):
    write(households, own_secretary, made.root, opened, phone="13900000003", door="77号")
    mine = {**opened.cells, "phone": "13900000002", "remark": "新"}
    with pytest.raises(Conflicted) as met:
        households.save([GivenRow("r1", opened.id, opened.seen, mine)], user=clerk, place=made.root)
    again = GivenRow("r1", opened.id, met.value.seen["r1"], mine)
    households.save([again], user=clerk, place=made.root, picks={"r1": {"phone": pick}})
    now = HouseholdProfile.objects.get(node_id=opened.id)
    assert (now.phone, now.door, now.remark) == (kept, "77号", "新")


def test_a_third_change_asks_again(households, clerk, own_secretary, made, opened, changed):
    write(households, own_secretary, made.root, opened, phone="13900000003")
    with pytest.raises(Conflicted) as met:
        households.save([changed(opened, phone="13900000002")], user=clerk, place=made.root)
    write(households, own_secretary, made.root, opened, phone="13900000004")
    mine = {**opened.cells, "phone": "13900000002"}
    with pytest.raises(Conflicted) as again:
        households.save(
            [GivenRow("r1", opened.id, met.value.seen["r1"], mine)],
            user=clerk,
            place=made.root,
            picks={"r1": {"phone": "mine"}},
        )
    assert again.value.conflicts[0].theirs == "13900000004"


def test_both_writing_the_same_is_no_conflict(households, clerk, own_secretary, made, opened, changed):
    write(households, own_secretary, made.root, opened, phone="13900000002")
    saved = households.save([changed(opened, phone="139 0000 0002")], user=clerk, place=made.root)
    assert (saved.changed, saved.same) == (0, 1)


def test_a_row_closed_meanwhile_is_named(households, clerk, made, opened, changed):
    node = made.households[0]
    type(node).objects.filter(pk=node.pk).update(closed_on="2026-10-01", close_reason="mistake")
    found = households.check([changed(opened, phone="13900000002")], user=clerk, place=made.root)
    assert "已不在这里" in found.errors[0].text


def test_a_member_whose_person_was_changed_is_noticed(members, clerk, own_secretary, made, changed):
    write(members, clerk, made.root, members.rows(clerk, made.root)[0], phone="13900000001")
    opened = members.rows(clerk, made.root)[0]
    write(members, own_secretary, made.root, opened, phone="13900000005", hub="")
    with pytest.raises(Conflicted) as met:
        members.save([changed(opened, phone="13900000006")], user=clerk, place=made.root)
    assert [(c.column, c.was, c.theirs) for c in met.value.conflicts] == [
        ("phone", "13900000001", "13900000005")
    ]
