"""Pages of sign-in, the own password and preferences, the accounts, and the audit log."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from township import audit
from township.accounts import access, actions, queries
from township.accounts.forms import (
    AccountFilter,
    AccountForm,
    AuditFilter,
    PasswordForm,
    PersonSearchForm,
    SignInForm,
)
from township.accounts.resources import AccountResource, AuditResource
from township.addresses import row_number
from township.choices import Deed, OfficeRole
from township.doors import open_doors
from township.exports import workbook
from township.models import AuditEvent, User
from township.views import ScopedListView, SignedInRequest

AUDIT_EXPORT_ROWS = 50_000


# --- one's own session ------------------------------------------------------------------------------


class SignIn(LoginView):
    """Sign-in with a limit per address beside the lock per account."""

    public = True
    http_method_names = ["get", "head", "post"]  # the base class takes PUT for POST
    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With pages for people who have no account."""
        return super().get_context_data(**kwargs) | {"doors": open_doors()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check no password at all once an address has tried too often: each check costs half a second."""
        tries = queries.tries_from(audit.client_address(request), timezone.now())
        if tries >= settings.SIGN_IN_TRIES_PER_MINUTE:
            return render(request, "registration/too_many.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in under a new session key."""
        actions.sign_in(request=self.request, user=form.get_user())
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        """Log the try, unless a field was simply left empty."""
        tried = form.cleaned_data
        if tried.get("username") and tried.get("password"):
            locked = bool(getattr(self.request, "axes_locked_out", False))
            actions.note_failure(request=self.request, username=tried["username"], locked=locked)
        return super().form_invalid(form)


class SignOut(View):
    """Sign-out by POST; the browser is told to forget what it kept of us.

    What lies on a phone is taken away by its own page before (static/js/phone/leaving.js): "storage" here
    would take unsent visits of others on the same phone, too.
    """

    public = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session, if there still is one."""
        if request.user.is_authenticated:
            actions.sign_out(request=request, user=request.user)
        response = redirect(settings.LOGOUT_REDIRECT_URL)
        response.headers["Clear-Site-Data"] = '"cache", "cookies"'
        return response


class ChangePassword(PasswordChangeView):
    """One's own password; the only page open to a password that must be changed."""

    request: SignedInRequest
    for_stale_password = True
    http_method_names = ["get", "head", "post"]  # the base class takes PUT for POST
    template_name = "registration/password_change_form.html"
    form_class = PasswordForm
    success_url = reverse_lazy("reports:home")

    def form_valid(self, form: Any) -> HttpResponse:
        """Save it, keep this session and end the others."""
        actions.change_password(
            user=self.request.user,
            password=form.cleaned_data["new_password1"],
            now=timezone.now(),
            request=self.request,
        )
        update_session_auth_hash(self.request, self.request.user)
        messages.success(self.request, "新密码已生效，其他电脑上的登录已退出。")
        return redirect(self.get_success_url())


@require_POST
def preferences(request: SignedInRequest) -> HttpResponse:
    """Switch large text or high contrast, and go back to where one was."""
    contrast = request.POST.get("contrast")
    actions.set_preferences(
        user=request.user,
        text_size=request.POST.get("text_size"),
        high_contrast=None if contrast is None else contrast == "high",
    )
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Not redirect(): it would take a bare word for the name of a view.
    return HttpResponseRedirect(target if safe else resolve_url("reports:home"))


# --- accounts ---------------------------------------------------------------------------------------


class Users(ScopedListView):
    """The accounts an administrator manages."""

    template_name = "township/accounts/users.html"
    context_object_name = "accounts"

    def get_queryset(self) -> QuerySet[User]:
        """Refuse everyone but the administrator before reading anything."""
        access.require_accounts(self.request.user)
        self.form = AccountFilter(self.request.GET)
        return _filtered_accounts(self.request, self.form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The filter bar, and which accounts are locked."""
        locked = queries.locked_names(timezone.now())
        return super().get_context_data(**kwargs, form=self.form, locked=locked)


def _filtered_accounts(request: SignedInRequest, form: AccountFilter) -> QuerySet[User]:
    rows = queries.accounts(request.user)
    if not form.is_valid():
        return rows.none()
    wanted = form.cleaned_data
    if wanted["q"]:
        text = wanted["q"].strip()
        rows = rows.filter(
            Q(full_name__icontains=text) | Q(username__icontains=text) | Q(phone__contains=text)
        )
    if wanted["role"]:
        rows = rows.filter(office_role=wanted["role"])
    if wanted["state"] == "locked":
        return rows.filter(username__in=queries.locked_names(timezone.now()))
    if wanted["state"]:
        rows = rows.filter(is_active=wanted["state"] == "active")
    return rows


@require_GET
def users_export(request: SignedInRequest) -> FileResponse:
    """The filtered list of accounts as a workbook."""
    access.require_accounts(request.user)
    rows = _filtered_accounts(request, AccountFilter(request.GET))
    audit.record(by=request.user, deed=Deed.EXPORT, target="账号列表", rows=rows.count(), request=request)
    return workbook(AccountResource(), rows, title="账号列表")


@require_http_methods(["GET", "POST"])
@sensitive_variables("password")
def user_add(request: SignedInRequest) -> HttpResponse:
    """A new account; its first password is shown in the answer to the form and nowhere else."""
    access.require_accounts(request.user)
    form = AccountForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        account = form.save(commit=False)
        password = actions.add_account(account=account, by=request.user, request=request)
        return _issued(request, account, password)
    return render(request, "township/accounts/user_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def user_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Role, township, state and person of an account."""
    access.require_accounts(request.user)
    account = get_object_or_404(queries.accounts(request.user), pk=pk)
    form = AccountForm(request.POST or None, instance=account, by=request.user)
    if request.method == "POST" and form.is_valid():
        actions.change_account(account=form.save(commit=False), by=request.user, request=request)
        messages.success(request, f"账号 {account.username} 已保存。")
        return redirect("township:users")
    locked = account.username in queries.locked_names(timezone.now())
    linkable = account.office_role == OfficeRole.BY_POST
    context = {"form": form, "account": account, "locked": locked, "linkable": linkable}
    return render(request, "township/accounts/user_form.html", context)


@require_POST
@sensitive_variables("password")
def user_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new first password for an account."""
    access.require_accounts(request.user)
    account = get_object_or_404(queries.accounts(request.user), pk=pk)
    if account.pk == request.user.pk:
        messages.error(request, "自己的密码请在右上角“修改密码”里更换。")
        return redirect("township:user_edit", pk=pk)
    password = actions.reset_password(account=account, by=request.user, request=request)
    return _issued(request, account, password)


def _issued(request: SignedInRequest, account: User, password: str) -> HttpResponse:
    return render(request, "township/accounts/issued.html", {"account": account, "password": password})


@require_POST
def user_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let a locked account sign in again."""
    access.require_accounts(request.user)
    account = get_object_or_404(queries.accounts(request.user), pk=pk)
    if actions.unlock(account=account, by=request.user, request=request):
        messages.success(request, f"账号 {account.username} 已解锁。")
    else:
        messages.info(request, f"账号 {account.username} 没有锁定，不用解锁。")
    return redirect("township:user_edit", pk=pk)


@require_http_methods(["GET", "POST"])
def phones(request: SignedInRequest) -> HttpResponse:
    """Whether phones may keep visits where there is no signal, for each township the administrator has."""
    access.require_accounts(request.user)
    rows = queries.townships(request.user)
    if request.method == "POST":
        township = rows.filter(pk=row_number(request.POST.get("township")) or 0).first()
        if township is None:
            messages.error(request, "没有找到这个乡镇，请刷新后再试。")
            return redirect("township:phones")
        keep = request.POST.get("keep") == "yes"
        actions.set_phones_keep(township=township, keep=keep, by=request.user, request=request)
        told = "已允许手机暂存走访。" if keep else "已关闭，各部手机下次打开页面时删除暂存的内容。"
        messages.success(request, f"{township}：{told}")
        return redirect("township:phones")
    return render(request, "township/accounts/phones.html", {"townships": rows})


@require_http_methods(["GET", "POST"])
def user_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Find the person an account belongs to by the exact name, and link or unlink."""
    access.require_accounts(request.user)
    account = get_object_or_404(queries.accounts(request.user), pk=pk)
    linked = getattr(account, "person", None)
    name = request.GET.get("name", linked.name if linked else account.full_name).strip()
    people = queries.people_named(account, name)
    if request.method == "POST":
        return _link(request, account)
    context = {
        "account": account,
        "name": name,
        "people": people,
        "form": PersonSearchForm(initial={"name": name}),
    }
    return render(request, "township/accounts/user_person.html", context)


def _link(request: SignedInRequest, account: User) -> HttpResponse:
    """The choice must be among the people of the name that was searched for."""
    wanted = request.POST.get("person", "")
    found = {str(p.pk): p for p in queries.people_named(account, request.POST.get("name", "").strip())}
    if wanted and wanted not in found:
        messages.error(request, "没有找到此人，请按姓名重新查找。")
        return redirect("township:user_person", pk=account.pk)
    try:
        actions.link_person(account=account, person=found.get(wanted), by=request.user, request=request)
    except ValidationError as why:
        messages.error(request, "".join(why.messages))
        return redirect("township:user_person", pk=account.pk)
    messages.success(request, "已关联人员。" if wanted else "已解除关联。")
    return redirect("township:user_edit", pk=account.pk)


# --- the log ----------------------------------------------------------------------------------------


class Audit(ScopedListView):
    """The audit log of one's township."""

    template_name = "township/accounts/audit.html"
    context_object_name = "events"

    def get_queryset(self) -> QuerySet[AuditEvent]:
        """Refuse everyone but the auditor before reading anything."""
        access.require_audit(self.request.user)
        self.form = AuditFilter(self.request.GET)
        return _filtered_events(self.request, self.form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The filter bar."""
        return super().get_context_data(**kwargs, form=self.form)


def _filtered_events(request: SignedInRequest, form: AuditFilter) -> QuerySet[AuditEvent]:
    rows = queries.audit_events(request.user)
    if not form.is_valid():
        return rows.none()
    wanted = form.cleaned_data
    conditions = {
        "deed": wanted["deed"],
        "who__icontains": wanted["who"].strip(),
        "at__date__gte": wanted["since"],
        "at__date__lte": wanted["until"],
    }
    return rows.filter(**{name: value for name, value in conditions.items() if value})


@require_GET
def audit_export(request: SignedInRequest) -> HttpResponse | FileResponse:
    """The filtered log as a workbook; taking it out is an entry of its own."""
    access.require_audit(request.user)
    rows = _filtered_events(request, AuditFilter(request.GET))
    count = rows.count()
    if count > AUDIT_EXPORT_ROWS:
        messages.error(request, f"共 {count} 条，一次最多导出 {AUDIT_EXPORT_ROWS} 条，请按日期分几次导出。")
        return redirect("township:audit")
    answer = workbook(AuditResource(), rows, title="操作日志")
    audit.record(by=request.user, deed=Deed.EXPORT, target="操作日志", rows=count, request=request)
    return answer
