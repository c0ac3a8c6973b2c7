"""Writes of errands: intake, steps, numbers, the clock."""
