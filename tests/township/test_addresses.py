import pytest

from township.addresses import LARGEST, row_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [("7", 7), ("007", 7), (str(LARGEST), LARGEST), (str(LARGEST + 1), None), ("9" * 5000, None)]
    + [(wrong, None) for wrong in (None, "", " 7", "-7", "1.5", "²", "٣", "７", "abc")],
)
def test_only_a_number_that_can_be_one_is_believed(typed, number):
    assert row_number(typed) == number
