"""The office's first page with 300 villages: how often it asks the database, and how long it takes."""

import statistics
import time
from http import HTTPStatus

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grids import tree
from grids.choices import Kind
from grids.models import BranchProfile, Node
from reports.bench import Figure, Size
from reports.campaign import actions as campaigns
from reports.models import Filing
from township import history
from township.choices import OfficeRole
from township.models import Township, User

VILLAGES = 300
MOST = 15
ROUNDS = 5


def desk_queries(_: Size) -> Figure:
    """Queries of one page for the clerk, against the most it may ask."""
    browser = _browser(_office())
    asked, seconds = 0, []
    for _round in range(ROUNDS + 1):
        with CaptureQueriesContext(connection) as queries:
            start = time.perf_counter()
            _open(browser)
            seconds.append(time.perf_counter() - start)
        asked = len(queries)
    took = statistics.median(seconds[1:])  # the first round also loads code
    return Figure(
        "desk_queries",
        f"工作台（{VILLAGES}个村，一次 {1000 * took:.0f} 毫秒）查询数据库的次数，对照上限",
        asked,
        MOST,
        "次",
        "< 1",
        asked / MOST,
        asked < MOST,
    )


def _office() -> User:
    """A clerk, this year's campaign, and villages of which every other one has begun to file."""
    township = history.save(Township(code="DESK", name="测量乡"), by=None)
    clerk = User.objects.create(
        username="bench-desk",
        full_name="测量账号",
        township=township,
        office_role=OfficeRole.CLERK,
        must_change_password=False,
        password_changed_at=timezone.now(),
    )
    data = {
        **campaigns.proposed(township, timezone.localdate().year, None),
        "notice_no": "",
        "notice_on": None,
    }
    campaign = campaigns.create(township=township, data=data, by=clerk)
    roots = [
        tree.add(node=Node(township=township, kind=Kind.BRANCH, name=f"{number}村党支部", position=number))
        for number in range(VILLAGES)
    ]
    history.create_all(
        BranchProfile, [BranchProfile(node=root, village=root.name) for root in roots], by=None
    )
    history.create_all(Filing, [Filing(campaign=campaign, root=root) for root in roots[::2]], by=None)
    return clerk


def _browser(clerk: User) -> Client:
    """Signed in, under a name this server answers to and over HTTPS where it wants that."""
    browser = Client(
        headers={"host": (settings.ALLOWED_HOSTS or ["localhost"])[0].lstrip(".*") or "localhost"}
    )
    browser.force_login(clerk)
    return browser


def _open(browser: Client) -> None:
    answer = browser.get(reverse("reports:home"), secure=settings.SECURE_SSL_REDIRECT)
    if answer.status_code != HTTPStatus.OK:
        raise ValueError(f"the desk answered {answer.status_code}")
