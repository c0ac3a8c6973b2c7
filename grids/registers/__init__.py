"""Registers: one kind of record as a flat table that is edited many rows at once.

A register declares its columns; the paste grid, the workbook templates and their loading all read these.
Checks run the forms of the single pages, writes go in bulk through the tree and the history layer.
"""
