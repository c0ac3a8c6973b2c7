"""A little of supervision for the invented township: responsibilities, an inspection, findings, support."""

from datetime import date, timedelta
from decimal import Decimal

from grids.models import Node
from reports.models import DutyItem, Inspection, ReviewFinding, SupportRecord
from reports.supervision.choices import FindingState, SupportKind
from reports.supervision.queries import secretary_names
from township import history
from township.models import Township

VILLAGES = 3
SECRETARY = "支部书记"  # where the post is vacant


def supervise(township: Township, *, since: date, reason: str) -> None:
    """For the first villages; one finding waits for its recheck."""
    roots = list(Node.objects.filter(township=township, parent=None).order_by("position", "pk")[:VILLAGES])
    names = secretary_names([root.pk for root in roots], on=since)
    owners = {root.pk: names.get(root.pk, SECRETARY) for root in roots}
    seen, due = since + timedelta(days=10), since + timedelta(days=29)
    duties = [
        DutyItem(
            township=township,
            root=root,
            year=since.year,
            matter="标识牌、公示牌安装到位",
            owner=owners[root.pk],
            due_on=due,
            clause="二(二)",
        )
        for root in roots
    ]
    inspections = [
        Inspection(
            township=township,
            root=root,
            day=seen,
            inspectors="乡党政办",
            looked_at="中心户标识牌和网格公示牌",
            found="有中心户没有挂牌，公示牌上的电话没有更新。",
        )
        for root in roots[:2]
    ]
    history.create_all(DutyItem, duties, by=None, reason=reason)
    made = history.create_all(Inspection, inspections, by=None, reason=reason)
    findings = [
        ReviewFinding(
            township=township,
            root=one.root,
            inspection=one,
            project="标识牌",
            problem=one.found,
            owner=owners[one.root_id or 0],
            raised_on=seen,
            due_on=due,
        )
        for one in made
    ]
    findings[0].state, findings[0].rectified_on = FindingState.RECTIFIED, seen + timedelta(days=7)
    findings[0].rectified = "已补挂标识牌，公示牌电话已更新。"
    history.create_all(ReviewFinding, findings, by=None, reason=reason)
    support = SupportRecord(
        township=township,
        root=roots[0],
        year=since.year,
        kind=SupportKind.FUNDS,
        content="修缮党群活动场所",
        amount=Decimal(30000),
    )
    history.save(support, by=None, reason=reason)
