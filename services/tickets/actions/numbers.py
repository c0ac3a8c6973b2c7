"""Numbers without holes or repeats: the book's row is locked until the errand that takes one is saved."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from grids.models import Node
from services.models import Ticket, TicketBook
from services.tickets.rules import MOST_IN_BOX

BUSY = "这本登记册刚被别人新建，没有保存，请再提交一次。"


def next_number(root: Node, year: int) -> TicketBook:
    """The book with its next serial taken; the caller's transaction gives it back if it fails."""
    book = _locked_book(root, year)
    book.last += 1
    book.save(update_fields=["last"])
    return book


def _locked_book(root: Node, year: int) -> TicketBook:
    rows = TicketBook.objects.select_for_update()
    found = rows.filter(root=root, year=year).first()
    if found is not None:
        return found
    for _ in range(3):  # a village's first errand of the year meets another's: next code, or its book
        try:
            with transaction.atomic():
                code = _code_of(root, year)
                TicketBook.objects.create(
                    township_id=root.township_id, root=root, year=year, village_code=code
                )
        except IntegrityError:
            pass
        found = rows.filter(root=root, year=year).first()
        if found is not None:
            return found
    raise ValidationError(BUSY)


def _code_of(root: Node, year: int) -> int:
    """The village's number: that of its last book, else its place in the township, else the next free."""
    books = TicketBook.objects.filter(township_id=root.township_id)
    before = books.filter(root=root).order_by("-year").values_list("village_code", flat=True).first()
    taken = set(books.exclude(root=root).filter(year=year).values_list("village_code", flat=True))
    if before is not None and before not in taken:
        return before
    tops = Node.objects.filter(township_id=root.township_id, parent=None).order_by("position", "pk")
    place = list(tops.values_list("pk", flat=True)).index(root.pk) + 1
    held = taken | set(books.exclude(root=root).values_list("village_code", flat=True))
    return place if place not in held else max(held) + 1


def next_in_box(ticket: Ticket, box: int) -> int:
    """The next number in a box of the errand's year. Raises ValidationError of a full box."""
    book = _locked_book(ticket.root, ticket.year)
    there = Ticket.objects.filter(root_id=ticket.root_id, year=ticket.year, archive_box=box)
    used = book.item if box == book.box else 0  # a number once written on a paper is not given twice
    item = max(used, there.aggregate(last=Max("archive_item"))["last"] or 0) + 1
    if item > MOST_IN_BOX:
        raise ValidationError({"box": f"第 {box} 盒已装满 {MOST_IN_BOX} 件，请用第 {box + 1} 盒。"})
    book.box, book.item = box, item
    book.save(update_fields=["box", "item"])
    return item
