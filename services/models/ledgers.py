"""What all rows of the ledgers of services share."""

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse

from grids.access import ScopedQuerySet


class LedgerRow(models.Model):
    """Base of the rows of a ledger (grids/ledgers): each has a page there."""

    LEDGER = ("", "")  # room and code

    objects: ClassVar[Any] = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("services:ledger_row", args=[*self.LEDGER, self.pk])
