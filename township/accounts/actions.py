"""Writes of accounts: sign-in and sign-out, passwords, roles, and the link to a person of the roster."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from axes.utils import reset as forget_failures
from django.contrib.auth import login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest

from township import audit, history
from township.accounts import access
from township.choices import Deed, OfficeRole, TextSize
from township.models import PasswordRecord, Township, User
from township.passwords import REMEMBERED

if TYPE_CHECKING:
    from grids.models import Person

# Without look-alikes: first passwords are read out over the telephone.
SMALL, CAPITALS, DIGITS = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
LABELS = {
    "full_name": "姓名",
    "phone": "电话",
    "office_role": "岗位",
    "township": "乡镇",
    "is_active": "状态",
}
OWN_FIELDS = ("office_role", "township_id", "is_active")


@transaction.atomic
def sign_in(*, request: HttpRequest, user: User) -> None:
    """Open a session under a new key."""
    history.leave_no_row(user)  # last_login is no change of the account
    login(request, user)
    audit.record(by=user, deed=Deed.SIGN_IN, request=request)


def note_failure(*, request: HttpRequest, username: str, locked: bool) -> None:
    """Log a failed try. An unknown name is not kept: people type their password in the wrong field."""
    account = User.objects.filter(username=username).select_related("township").first()
    audit.record(
        by=account,
        who="" if account else "未知账号",
        deed=Deed.SIGN_IN_FAILED,
        note="账号已锁定" if locked else "",
        request=request,
    )


@transaction.atomic
def sign_out(*, request: HttpRequest, user: User) -> None:
    """End the session."""
    audit.record(by=user, deed=Deed.SIGN_OUT, request=request)
    logout(request)


@transaction.atomic
def change_password(*, user: User, password: str, now: datetime, request: HttpRequest | None = None) -> None:
    """The user's own change; all sessions under the old password end."""
    _set_password(user, password)
    user.must_change_password = False
    user.password_changed_at = now
    history.save(
        user, by=user, reason="修改密码", fields=["password", "must_change_password", "password_changed_at"]
    )
    audit.record(by=user, deed=Deed.PASSWORD, request=request)


@transaction.atomic
@history.acts("重置密码")
def reset_password(*, account: User, by: User, request: HttpRequest | None = None) -> str:
    """A new first password, returned once, to be changed at the next sign-in; a lock is taken off."""
    access.require_accounts(by)
    password = random_password(account)
    _set_password(account, password)
    account.must_change_password = True
    history.save(account, by=by, reason="重置密码", fields=["password", "must_change_password"])
    forget_failures(username=account.username)
    _record(account, by, "重置密码", request)
    return password


@transaction.atomic
@history.acts("新增账号")
def add_account(*, account: User, by: User | None, request: HttpRequest | None = None) -> str:
    """Save a new account and return its first password, which is shown once and kept nowhere."""
    if by is not None:  # None: the command on the server that makes the first administrator
        access.require_accounts(by)
    password = random_password(account)
    account.set_password(password)
    account.must_change_password = True
    history.save(account, by=by, reason="新建账号")
    _record(account, by, f"新建，{account.get_office_role_display()}", request)
    return password


@transaction.atomic
@history.acts("修改账号")
def change_account(*, account: User, by: User, request: HttpRequest | None = None) -> None:
    """Save an edited account; nobody changes the own role, township or state."""
    access.require_accounts(by)
    before = User.objects.select_for_update().get(pk=account.pk)
    changed = [name for name in OWN_FIELDS if getattr(before, name) != getattr(account, name)]
    if account.pk == by.pk and changed:
        raise PermissionDenied("不能修改自己的岗位、乡镇和启用状态。")
    history.save(account, by=by, reason="修改账号", fields=list(LABELS))
    if {"township_id", "office_role"} & set(changed):
        _unlink(account, by)
    _record(account, by, _what_changed(before, account), request)


@transaction.atomic
def unlock(*, account: User, by: User, request: HttpRequest | None = None) -> bool:
    """Take the lock of too many wrong passwords off; False when there was none."""
    access.require_accounts(by)
    found = bool(forget_failures(username=account.username))
    if found:
        _record(account, by, "解除锁定", request)
    return found


@transaction.atomic
@history.acts("关联人员")
def link_person(
    *, account: User, person: "Person | None", by: User, request: HttpRequest | None = None
) -> None:
    """Say whose account this is: village people get their rights from the posts of that person."""
    access.require_accounts(by)
    if person is not None:
        if account.office_role != OfficeRole.BY_POST or person.township_id != account.township_id:
            raise ValidationError("只有本乡镇“按村内任职”的账号可以关联人员。")
        if person.user_id not in (None, account.pk):
            raise ValidationError("此人已有账号（一人一号）。")
    _unlink(account, by, keep=person)
    if person is not None:
        person.user = account
        history.save(person, by=by, reason="关联账号", fields=["user"])
    _record(account, by, f"关联人员 {person.root or ''}{person.name}" if person else "解除人员关联", request)


def set_preferences(*, user: User, text_size: str | None = None, high_contrast: bool | None = None) -> None:
    """Keep the screen preferences; they are no part of the account's history."""
    if text_size in TextSize.values:
        user.text_size = text_size
    if high_contrast is not None:
        user.high_contrast = high_contrast
    history.leave_no_row(user)
    user.save(update_fields=["text_size", "high_contrast"])


def random_password(account: User) -> str:
    """Three groups of four, with all classes of characters, that pass the rules for this account."""
    while True:
        groups = ["".join(secrets.choice(SMALL + CAPITALS + DIGITS) for _ in range(4)) for _ in range(3)]
        password = "-".join(groups)
        try:
            validate_password(password, account)
        except ValidationError:
            continue
        return password


def _set_password(account: User, password: str) -> None:
    PasswordRecord.objects.create(user=account, password=account.password)
    records = PasswordRecord.objects.filter(user=account)
    kept = list(records.values_list("pk", flat=True)[:REMEMBERED])
    records.exclude(pk__in=kept).delete()
    account.set_password(password)


def _unlink(account: User, by: User, keep: "Person | None" = None) -> None:
    linked: Person | None = getattr(account, "person", None)
    if linked is None or linked == keep:
        return
    linked.user = None
    history.save(linked, by=by, reason="解除账号关联", fields=["user"])


def _what_changed(before: User, after: User) -> str:
    said = []
    for name, label in LABELS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if name == "office_role":
            old, new = before.get_office_role_display(), after.get_office_role_display()
        if name == "is_active":
            old, new = ("启用" if state else "停用" for state in (old, new))
        said.append(f"{label}：{old or '空'}→{new or '空'}")
    return "；".join(said) or "无变化"


def _record(account: User, by: User | None, note: str, request: HttpRequest | None) -> None:
    audit.record(
        by=by, deed=Deed.ACCOUNT, target=account, note=note, request=request, township=account.township
    )


def set_phones_keep(*, township: Township, keep: bool, by: User, request: HttpRequest) -> None:
    """Whether phones of this township may hold names and unsent visits; off, they delete what they hold."""
    access.require_accounts(by)
    if township.phones_keep == keep:
        return
    title = "允许手机暂存走访" if keep else "关闭手机暂存走访"
    with history.action(by=by, title=title, township=township), transaction.atomic():
        township.phones_keep = keep
        history.save(township, by=by, reason=title, fields=["phones_keep"])
        audit.record(by=by, deed=Deed.CHANGE, target=f"{title}：{township}", request=request)
