"""A village with its annexes, its office, and this year's campaign, as for the filings."""

from tests.reports.filing.conftest import campaign, clerk, filing, made, village_secretary

__all__ = ["campaign", "clerk", "filing", "made", "village_secretary"]
