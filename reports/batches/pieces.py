"""One file of a zip: the accepted table where there is one, else the present, with its own number."""

from collections.abc import Iterator
from dataclasses import dataclass

from grids.models import Node
from reports.annexes import files
from reports.annexes.actions import leaving, words
from reports.annexes.registry import PRINTABLE, Annex, Order
from reports.batches.rules import REPORT, REPORT_TITLE, WRITTEN_AS
from reports.exportlog.actions import Issued, issue
from reports.exportlog.rules import foot_of
from reports.filing.acceptance import has_filed_table, reception_of
from reports.filing.printing import Taking, of_filed
from reports.models import ExportBatch
from reports.written.sending import for_batch


@dataclass(frozen=True)
class Piece:
    """A table of a place in one format."""

    annex: Annex | None  # None: the written report
    suffix: str
    place: Node | None

    @property
    def label(self) -> str:
        """附件4, or 书面材料."""
        return self.annex.label if self.annex else REPORT_TITLE

    @property
    def key(self) -> tuple[int | None, str, str]:
        """What tells it from the others of its zip, in the log, too."""
        return (self.place.pk if self.place else None, self.label, self.suffix)

    @property
    def title(self) -> str:
        """甲村党支部 附件4 xlsx."""
        return f"{self.place.name if self.place else '全乡'} {self.label} {self.suffix}"


def pieces_of(batch: ExportBatch) -> Iterator[Piece]:
    """Everything that was asked for, place by place."""
    places = {node.pk: node for node in Node.objects.filter(pk__in=batch.places)}
    for pk in batch.places:
        if pk and pk not in places:
            continue
        for number in batch.tables:
            for suffix in batch.formats:
                yield _piece(number, suffix, places.get(pk))


def _piece(number: int, suffix: str, place: Node | None) -> Piece:
    if number == REPORT:
        return Piece(None, WRITTEN_AS[suffix], place)
    return Piece(PRINTABLE[number], suffix, place)


def make(piece: Piece, batch: ExportBatch, order: Order, progress: files.Progress) -> Issued | None:
    """The file with its line in the log; None where there is nothing to print."""
    if piece.annex is None:
        return for_batch(batch, piece.place.pk if piece.place else None, piece.suffix, on=order.today)
    if has_filed_table(order, piece.annex.number, reception_of(order)):
        taking = Taking(piece.suffix, purpose=batch.purpose, batch=batch, progress=progress)
        return of_filed(order, piece.annex, taking, by=batch.user)
    built = piece.annex.build(order)
    if not built.rows:
        return None
    asked = leaving(piece.annex, order, built, suffix=piece.suffix, purpose=batch.purpose, batch=batch)
    text = words(asked, piece.annex, batch.user)
    if piece.suffix == "xlsx":
        return issue(
            asked,
            lambda serial: files.workbook(built.sheets, watermark=text, mark=foot_of(serial)),
            by=batch.user,
        )
    kept = files.keep_pdf(built.sheets, mode="plain", progress=progress)
    return issue(asked, lambda serial: files.stamped(kept.path, text, foot_of(serial)), by=batch.user)
