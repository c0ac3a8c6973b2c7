"""How an export's number is written, and the words under a page."""

GUARDED = {"table": "reports_exportrecord", "name": "export"}  # what township/audit.py guards for us


def serial_of(township: str, year: int, number: int) -> str:
    """青河乡2026-000123: names of townships are unique, and so is the number in a year."""
    return f"{township}{year}-{number:06}"


def foot_of(serial: str) -> str:
    """What stands in the foot of paper and workbook."""
    return f"导出编号 {serial}" if serial else ""
