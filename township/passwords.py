"""Password rules an inspection asks for (GB/T 22239 8.1.4.1 a): classes of characters, no names, no reuse."""

import re
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from township.models import User

CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
REMEMBERED = 5


class LengthValidator:
    """Ten characters or more; Django's own sentence comes in English."""

    def __init__(self, min_length: int = 10) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ValidationError when it is too short."""
        if len(password) < self.min_length:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        """The rule in one sentence."""
        return f"密码至少要有 {self.min_length} 个字符。"


class CharacterClassValidator:
    """At least three of: small letters, capitals, digits, signs."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ValidationError when fewer than three classes are used."""
        if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        """The rule in one sentence."""
        return "密码要包含小写字母、大写字母、数字、符号中的至少三种。"


class PersonalDataValidator:
    """The password must not contain the account's name, phone or the name in pinyin."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ValidationError when something known of the person stands in the password."""
        if user is None:
            return
        from pypinyin import lazy_pinyin  # slow import

        pinyin = "".join(lazy_pinyin(user.full_name or ""))
        known = [user.username, user.phone, user.full_name, pinyin]
        lowered = password.lower()
        if any(len(word) >= 3 and word.lower() in lowered for word in known if word):
            raise ValidationError(self.get_help_text(), code="password_personal")

    def get_help_text(self) -> str:
        """The rule in one sentence."""
        return "密码不能包含账号、姓名、姓名拼音或电话号码。"


class ReuseValidator:
    """Not one of the last five passwords."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        """Raise ValidationError when the password was in use before."""
        if user is None or user.pk is None:
            return
        earlier = user.password_records.values_list("password", flat=True)[:REMEMBERED]
        if any(check_password(password, old) for old in [user.password, *earlier]):
            raise ValidationError(self.get_help_text(), code="password_reused")

    def get_help_text(self) -> str:
        """The rule in one sentence."""
        return f"不能与最近 {REMEMBERED} 次用过的密码相同。"
