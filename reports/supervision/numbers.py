"""The numbers a meeting looks at: of each village on its day, kept with it, and what moved since the last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from grids.queries.as_of import first_day, standing
from reports.choices import FILED_STATES
from reports.models import Campaign, Filing
from reports.statistics.queries import read

MEMBERS, HOUSEHOLDS, LINKED, HUBS, FILED = "members", "households", "linked", "hubs", "filed"
TITLES: Mapping[str, str] = {
    MEMBERS: "党员",
    HOUSEHOLDS: "农户",
    LINKED: "已联系户",
    HUBS: "中心户（岗）",
    FILED: "上报",
}
Numbers = Mapping[str, Mapping[str, int]]  # root's number as text (it is kept as JSON) → code → number


def numbers_on(campaign: Campaign, day: date, *, today: date) -> dict[str, dict[str, int]]:
    """Every village's numbers as they stood at the end of that day; of today and later the live ones.

    A day before anything was known gives none. Not inside a transaction: a past day reads other tables.
    """
    township_id = campaign.township_id
    if day >= today:
        return _count(campaign, today)
    first = first_day(township_id)
    if first is None or day < first:
        return {}
    with standing(day, township_id=township_id):
        return _count(campaign, day)


def _count(campaign: Campaign, on: date) -> dict[str, dict[str, int]]:
    filed = set(
        Filing.objects.filter(campaign_id=campaign.pk, state__in=FILED_STATES, submitted_on__lte=on)
        .order_by()
        .values_list("root_id", flat=True)
    )
    found = {}
    for one in read(township_id=campaign.township_id, on=on):
        codes = {
            MEMBERS: "member_count",
            HOUSEHOLDS: "household_count",
            LINKED: "e5_targets",
        }
        counted = {name: one.counts.value(code) or 0 for name, code in codes.items()}
        hubs = ("central_household_count", "demo_post_count")
        counted[HUBS] = sum(one.counts.value(code) or 0 for code in hubs)
        counted[FILED] = int(one.pk in filed)
        found[str(one.pk)] = counted
    return found


@dataclass(frozen=True)
class Moved:
    """One number, and by how much it differs from the last meeting's; None where that had none."""

    now: int
    before: int | None

    @property
    def change(self) -> str:
        """+3, -1, blank when nothing moved or nothing is known of before."""
        if self.before is None or self.now == self.before:
            return ""
        return f"{self.now - self.before:+d}"


def moved(code: str, root: int, now: Numbers, before: Numbers) -> Moved:
    """One village's number beside that of the last meeting."""
    here, earlier = now.get(str(root), {}), before.get(str(root), {})
    return Moved(here.get(code, 0), earlier.get(code))


def coverage(root: int, numbers: Numbers) -> float | None:
    """Share of households linked; None without households or without numbers."""
    here = numbers.get(str(root), {})
    return here[LINKED] / here[HOUSEHOLDS] if here.get(HOUSEHOLDS) else None
