"""What a paper says, as plain values: templates of prints reach nothing else of an errand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.notices.sheets import qr

MANY_PAPERS = 8  # more are set in small type


@dataclass(frozen=True)
class PaperLine:
    """A material: received, or missing and told of."""

    name: str
    detail: str
    missing: bool
    received_on: date | None


@dataclass(frozen=True)
class PartLine:
    """What another office does."""

    office: str
    task: str
    leads: bool
    due_on: date
    done_on: date | None
    result: str


@dataclass(frozen=True)
class WordLine:
    """One reminder."""

    day: date
    kind: str
    to_whom: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Slip:
    """Everything a paper of one errand may say. `lookup` and `code` are blank where nobody may look up."""

    township: str
    village: str
    no: str
    subject: str
    applicant: str
    phone: str
    kind: str
    accepted: datetime
    agent: str
    agent_phone: str
    office: str
    hotline: str
    due_on: date | None
    clock: str
    code: str
    lookup: str
    papers: Sequence[PaperLine]
    parts: Sequence[PartLine]
    words: Sequence[WordLine]
    notified_on: date | None
    handed_to: str
    contact: str
    contact_phone: str
    handed_on: date | None
    outer_due: date | None
    waited: int
    waited_workdays: int
    result: str
    result_note: str
    basis: str
    closed_on: date | None
    told_on: date | None
    told_who: str

    @property
    def received(self) -> list[PaperLine]:
        """What lay on the window's desk or has come since."""
        return [one for one in self.papers if one.received_on is not None]

    @property
    def missing(self) -> list[PaperLine]:
        """The whole list that was told at once, those that have come since among it."""
        return [one for one in self.papers if one.missing]

    @property
    def still_missing(self) -> list[PaperLine]:
        """What is still out."""
        return [one for one in self.papers if one.received_on is None]

    @property
    def tight(self) -> bool:
        """Whether the type has to be small for a half page."""
        letters = sum(len(one.name) + len(one.detail) for one in self.papers)
        return len(self.papers) > MANY_PAPERS or letters > 30 * MANY_PAPERS

    @property
    def qr(self) -> str:
        """The code that opens the look-up with the number filled in."""
        return qr.data_uri(f"{self.lookup}?no={self.no}") if self.lookup else ""
