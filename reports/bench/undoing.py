"""Taking a whole load back, against that load itself: reading, preview and writing of the same rows.

An undo looks at every row the load wrote, asks whether anybody has touched it since, and removes all of
them with a history row each.
"""

import tempfile
from pathlib import Path

from grids.actions.undo import undo
from grids.models import Node
from reports.bench import Figure, Size
from reports.bench.rosters import load, seconds, workbook
from township import history
from township.choices import OfficeRole
from township.models import Action, Township, User

MOST = 1.0


def undo_against_load(size: Size) -> Figure:
    """Seconds of the undo to those of the load."""
    township = history.save(Township(code="UNDO", name="撤销乡"), by=None)
    clerk = User.objects.create(
        username="bench-undo", full_name="测量账号", township=township, office_role=OfficeRole.CLERK
    )
    with tempfile.TemporaryDirectory() as folder:
        file = workbook(size, Path(folder))
        baseline = seconds(lambda: load(file, township))
    loaded = Action.objects.get(township=township)
    ours = seconds(lambda: undo(action=loaded, by=clerk))
    if left := Node.objects.filter(township=township).count():
        raise ValueError(f"{left} places left")
    value = ours / baseline
    return Figure(
        "undo_load",
        f"撤销{size.households}户的导入用时，对照导入（读表、预览并写入）本身",
        ours,
        baseline,
        "秒",
        f"≤ {MOST:g}",
        value,
        value <= MOST,
    )
