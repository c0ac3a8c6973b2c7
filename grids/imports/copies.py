"""The redacted workbooks that sessions keep."""

from township.stored import Store

COPIES = Store("imports")
