"""The preview of a township's workbook, from the upload to its rows, against django-import-export's dry run.

Ours reads the file in a confined process, writes its redacted copy, compares every row with the system and
keeps the preview; the baseline reads a simpler file of the same rows and checks them one by one.
"""

import tempfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from grids.imports import uploads
from grids.imports.copies import COPIES
from reports.bench import Figure, Size
from reports.bench.rosters import DAY, baseline, seconds, workbook
from township import history
from township.choices import OfficeRole
from township.models import Township, User


def preview_against_dry_run(size: Size) -> Figure:
    """Seconds from the upload to the preview, theirs to ours."""
    township = history.save(Township(code="PREVIEW", name="预览乡"), by=None)
    clerk = history.save(
        User(
            username="bench-preview",
            full_name="演示乡党政办",
            township=township,
            office_role=OfficeRole.CLERK,
        ),
        by=None,
    )
    with tempfile.TemporaryDirectory() as folder:
        file = workbook(size, Path(folder))
        sent = SimpleUploadedFile(file.name, file.read_bytes())
        made = []
        ours = seconds(lambda: made.append(uploads.keep(file=sent, branch="", by=clerk, today=DAY)))
        if made[0].report.get("good") != size.households:
            raise ValueError(made[0].report["errors"][:3])
        COPIES.remove(made[0].copy_name)
        theirs = seconds(baseline(size, Path(folder), code="DRYRUN", runs=(True,)))
    return Figure(
        "preview_rows",
        f"{size.households}行花名册从上传到预览，import-export 试算同样的行用时对照本系统",
        ours,
        theirs,
        "秒",
        "≥ 2",
        theirs / ours,
        theirs / ours >= 2,
    )
