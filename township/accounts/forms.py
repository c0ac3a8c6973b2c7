"""Forms of sign-in, passwords, accounts and the filters of their lists."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError

from township.accounts import queries
from township.choices import Deed, OfficeRole
from township.models import User


class SignInForm(AuthenticationForm):
    """Account and password; the same answer whether the account exists or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "账号"
        self.fields["username"].error_messages["required"] = "请填写账号。"
        self.fields["password"].error_messages["required"] = "请填写密码。"

    def get_invalid_login_error(self) -> ValidationError:
        """One sentence with the tries that are left; wrong tries count for names that do not exist too."""
        failures = getattr(self.request, "axes_failures_since_start", None)  # None: refused unread, locked
        left = max(settings.AXES_FAILURE_LIMIT - (failures or settings.AXES_FAILURE_LIMIT), 0)
        minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
        return ValidationError(
            f"账号或密码不正确，还可以试 {left} 次；之后这个账号将锁定 {minutes} 分钟。", code="invalid_login"
        )


class PasswordForm(PasswordChangeForm):
    """The old password and twice the new one, with the rules in plain words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "现在的密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "".join(
            str(rule) for rule in password_validators_help_texts()
        )
        self.fields["new_password2"].label = "再输一遍新密码"
        self.fields["new_password2"].help_text = ""


class AccountForm(forms.ModelForm):
    """An account; its own holder cannot change what decides rights."""

    class Meta:
        model = User
        fields = ["username", "full_name", "phone", "office_role", "township", "is_active"]
        labels = {"username": "账号", "is_active": "启用"}
        help_texts = {
            "username": "登录用，建好后不再修改；可用汉字、字母、数字。",
            "phone": "一人一号：同一个电话只能登记在一个账号上。",
            "office_role": "村内人员选“按村内任职”，保存后再关联到本人，权限随任职自动变化。",
            "township": "",
            "is_active": "离任、调离的账号取消勾选，立即不能再登录，已登录的马上退出。",
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        township = self.fields["township"]
        township.queryset = queries.townships(by)  # type: ignore[attr-defined]
        if by.township_id:
            township.required = True
            township.empty_label = None  # type: ignore[attr-defined]
        else:
            township.empty_label = "请选择（系统管理员可不选）"  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["username"].disabled = True
        else:
            del self.fields["is_active"]
        if self.instance.pk == by.pk:
            for name in ("office_role", "township", "is_active"):
                self.fields[name].disabled = True
                self.fields[name].help_text = "自己的岗位、乡镇和启用状态由其他管理员修改。"

    def clean(self) -> dict[str, Any]:
        """Say at the field what the constraint would say for the whole form."""
        data = super().clean() or {}
        needs = data.get("office_role") != OfficeRole.SYSTEM_ADMIN
        if needs and not data.get("township") and "township" not in self.errors:
            self.add_error("township", "除系统管理员外，每个账号都要属于一个乡镇。")
        return data


class PersonSearchForm(forms.Form):
    """The full name of the person an account belongs to."""

    name = forms.CharField(label="姓名", max_length=20, help_text="须与花名册上的姓名完全一致。")


class AccountFilter(forms.Form):
    """Filters of the list of accounts."""

    STATES = [("", "全部"), ("active", "启用"), ("locked", "已锁定"), ("closed", "停用")]

    q = forms.CharField(label="姓名、账号或电话", max_length=40, required=False)
    role = forms.ChoiceField(label="岗位", choices=[("", "全部"), *OfficeRole.choices], required=False)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)


class AuditFilter(forms.Form):
    """Filters of the audit log."""

    deed = forms.ChoiceField(label="操作", choices=[("", "全部"), *Deed.choices], required=False)
    who = forms.CharField(label="操作人", max_length=40, required=False)
    since = forms.DateField(label="从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """The end must not lie before the start."""
        data = super().clean() or {}
        since: date | None = data.get("since")
        until: date | None = data.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期不能早于开始日期。")
        return data
