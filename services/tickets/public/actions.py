"""Counting tries at the look-up in the database: memory is each process's own, and there are several."""

from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from services.models import LookupTry
from services.tickets.public.rules import HOUR, TRIES_AN_HOUR

SWEPT = 200  # old counts taken away at one time


def within_limits(*, address: str, no: str, now: datetime) -> bool:
    """True while both stay under the limit; this try is counted.

    An address that has used up its tries no longer counts for numbers, so that it cannot close them.
    """
    _sweep(now)
    return _counted(f"address {address}", now) and _counted(f"number {no}", now)


@transaction.atomic
def _counted(what: str, now: datetime) -> bool:
    """One try more; beyond the limit nothing is written any longer."""
    key = salted_hmac("services.tickets.public", what).hexdigest()[:40]
    row, _ = LookupTry.objects.select_for_update().get_or_create(key=key, defaults={"since": now})
    if row.since <= now - HOUR:
        row.since, row.tries = now, 0
    if row.tries >= TRIES_AN_HOUR:
        return False
    row.tries += 1
    row.save()
    return True


@transaction.atomic
def _sweep(now: datetime) -> None:
    """Take away counts of past hours; those somebody holds just now wait for the next time."""
    old = LookupTry.objects.select_for_update(skip_locked=True).filter(since__lte=now - HOUR)
    if pks := list(old.values_list("pk", flat=True)[:SWEPT]):
        LookupTry.objects.filter(pk__in=pks).delete()
