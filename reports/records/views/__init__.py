"""Pages of 备案 and of the leading group."""

from reports.records.views.filings import record_edit, record_file, record_new, record_withdraw, records
from reports.records.views.leading import (
    leading,
    leading_copy,
    leading_edit,
    leading_file,
    leading_leave,
    leading_new,
    leading_shift,
)

__all__ = [
    "leading",
    "leading_copy",
    "leading_edit",
    "leading_file",
    "leading_leave",
    "leading_new",
    "leading_shift",
    "record_edit",
    "record_file",
    "record_new",
    "record_withdraw",
    "records",
]
