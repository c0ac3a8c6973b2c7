"""Reads of accounts, of sign-in tries and of the audit log, each within its reader's township."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from township.accounts import access
from township.choices import Deed, OfficeRole
from township.models import AuditEvent, Township, User

if TYPE_CHECKING:
    from grids.models import Person

PEOPLE_SHOWN = 20


def accounts(user: User) -> QuerySet[User]:
    """Accounts the user manages: those of the own township, or all for an administrator above townships."""
    if not access.manages_accounts(user):
        return User.objects.none()
    rows = User.objects.select_related("township", "person__root")
    return rows.filter(township_id=user.township_id) if user.township_id else rows


def townships(user: User) -> QuerySet[Township]:
    """Townships an administrator may give accounts in."""
    if not access.manages_accounts(user):
        return Township.objects.none()
    return Township.objects.filter(pk=user.township_id) if user.township_id else Township.objects.all()


def locked_names(now: datetime) -> set[str]:
    """Account names that are locked at the moment."""
    tries = AccessAttempt.objects.filter(attempt_time__gte=now - settings.AXES_COOLOFF_TIME)
    sums = tries.values("username").annotate(failures=Sum("failures_since_start"))
    return set(sums.filter(failures__gte=settings.AXES_FAILURE_LIMIT).values_list("username", flat=True))


def tries_from(address: str | None, now: datetime) -> int:
    """Sign-in tries of the last minute from one address, good and bad, counted over all server processes."""
    return AuditEvent.objects.filter(
        deed__in=[Deed.SIGN_IN, Deed.SIGN_IN_FAILED], address=address, at__gte=now - timedelta(minutes=1)
    ).count()


def people_named(account: User, name: str) -> "list[Person]":
    """People of the account's township with exactly this name.

    The administrator sees no roster; whoever asks for an account says the full name, so nothing is shown
    that was not known before but the village.
    """
    if not name or account.office_role != OfficeRole.BY_POST or account.township_id is None:
        return []
    people: Any = apps.get_model("grids.Person")  # by name: this app stands below the roster
    found = (
        people.objects.standing()
        .filter(township_id=account.township_id, name=name)
        .select_related("root", "user")
    )
    return list(found.order_by("root__name", "pk")[:PEOPLE_SHOWN])


def audit_events(user: User) -> QuerySet[AuditEvent]:
    """Entries of the auditor's township, and failed sign-ins that belong to no account at all."""
    if not access.reads_audit(user):
        return AuditEvent.objects.none()
    nobody = Q(township__isnull=True, user__isnull=True, deed=Deed.SIGN_IN_FAILED)
    return AuditEvent.objects.filter(Q(township_id=user.township_id) | nobody)
