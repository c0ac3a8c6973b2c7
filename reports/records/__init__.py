"""The office's own records: 备案 of villages (R74) and the leading group (R77)."""
