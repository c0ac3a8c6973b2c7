"""Reads that join or count, by subject."""
