"""Errands for residents: what can be asked for, in how many working days, and what became of it."""
