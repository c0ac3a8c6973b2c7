"""Numbers of rows as they come in an address: typed by anybody, so believed only when they can be one."""

LARGEST = 2**63 - 1  # what a database can hold; SQLite fails on more


def row_number(typed: str | None) -> int | None:
    """The number typed, or None for anything that is no row's number ("²" and "٣" count as digits too)."""
    if not typed or not (typed.isascii() and typed.isdecimal()):
        return None
    number = int(typed) if len(typed) < 20 else LARGEST + 1
    return number if number <= LARGEST else None
