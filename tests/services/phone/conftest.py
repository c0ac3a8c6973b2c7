"""The same town as visits have."""

from tests.services.visits.conftest import town  # noqa: F401  (a fixture)
