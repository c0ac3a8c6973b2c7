"""A village and the people who edit it in the paste grid."""

from collections.abc import Callable

import pytest

from grids.registers.register import REGISTERS, Register
from grids.registers.rows import GivenRow
from tests.factories import TownshipFactory, UserFactory, Village, secretary, village
from tests.worlds import remembered
from township.models import User


@pytest.fixture
@remembered
def made(db) -> Village:
    return village(TownshipFactory(), "东坡村")


@pytest.fixture
def clerk(made: Village) -> User:
    return UserFactory(township=made.root.township)


@pytest.fixture
def own_secretary(made: Village) -> User:
    return secretary(made)


@pytest.fixture
def households() -> Register:
    return REGISTERS["household"]


@pytest.fixture
def members() -> Register:
    return REGISTERS["member"]


@pytest.fixture
def hubs() -> Register:
    return REGISTERS["hub"]


Given = Callable[..., GivenRow]


@pytest.fixture
def new() -> Given:
    """A new row of cells."""

    def row(key: str = "r1", **cells: str) -> GivenRow:
        return GivenRow(key, None, "", cells)

    return row


@pytest.fixture
def changed() -> Given:
    """A row as shown with some cells typed over."""

    def row(shown: object, key: str = "r1", **cells: str) -> GivenRow:
        return GivenRow(key, shown.id, shown.seen, {**shown.cells, **cells})

    return row
