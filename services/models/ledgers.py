"""What all rows of the ledgers of services share."""

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse

from grids.access import Right, ScopedQuerySet


class LedgerRow(models.Model):
    """Base of the rows of a ledger (grids/ledgers): each has a page there."""

    LEDGER = ("", "")  # room and code
    READ_RIGHT = Right.EXPORT_ROSTER  # of the ledgers' pages, which a timeline must not go round

    objects: ClassVar[Any] = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:ledger_row", args=[*self.LEDGER, self.pk])
