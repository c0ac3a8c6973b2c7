"""The blanks as they came."""

from township.stored import Store

BLANKS = Store("blanks")
