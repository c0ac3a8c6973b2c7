"""Reads of errands: lists, clocks, papers, statistics."""
