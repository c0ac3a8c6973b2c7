"""The kinds of registers that go through the session pages, by the name stored with each session."""

from grids.imports.preview import Source
from grids.imports.roster_source import RosterSource

SOURCES: dict[str, Source] = {"roster": RosterSource()}
