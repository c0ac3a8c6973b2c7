"""Registers as workbooks: templates and exports out, filled files and rosters from elsewhere in."""
