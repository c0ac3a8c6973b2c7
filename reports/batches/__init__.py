"""A zip of many tables: ordered on one page, made by a process of its own, taken by who ordered it."""
