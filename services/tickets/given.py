"""What the window hands to the actions: papers and other offices' parts, before they are rows."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class GivenPaper:
    """A paper of the item, or one written by hand; `here` when the applicant has brought it."""

    name: str
    detail: str = ""
    here: bool = True


@dataclass(frozen=True)
class GivenPart:
    """What another office is asked to do, and by when; the first one leads."""

    office: str
    due_on: date
    task: str = ""
