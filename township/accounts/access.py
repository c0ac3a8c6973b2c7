"""Who manages accounts and who reads the log: the office role alone says it, below the roster's access."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from township.choices import OfficeRole

if TYPE_CHECKING:
    from township.models import User


def manages_accounts(user: "User | Any") -> bool:
    """True for the system administrator, who sees no roster."""
    return _holds(user, OfficeRole.SYSTEM_ADMIN)


def reads_audit(user: "User | Any") -> bool:
    """True for the auditor, who can write nothing."""
    return _holds(user, OfficeRole.AUDITOR)


def require_accounts(user: "User | Any") -> None:
    """Raise PermissionDenied (403) unless the user manages accounts."""
    if not manages_accounts(user):
        raise PermissionDenied("只有系统管理员可以管理账号。")


def require_audit(user: "User | Any") -> None:
    """Raise PermissionDenied (403) unless the user reads the log."""
    if not reads_audit(user):
        raise PermissionDenied("只有审计员可以查看操作日志。")


def _holds(user: "User | Any", role: OfficeRole) -> bool:
    return bool(getattr(user, "is_authenticated", False) and user.is_active and user.office_role == role)
