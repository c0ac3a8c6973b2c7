"""Visits, Party life, teams and volunteers, boards and cards: a module for each room."""
