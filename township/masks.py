"""How a personal number is shown to people who need not have it in full."""

import re

_NUMBER = re.compile(r"\d{7,}")


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; shorter numbers keep only their end."""
    if not phone:
        return ""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-3:]}" if len(phone) >= 7 else "****"


def mask_numbers(text: str) -> str:
    """Every phone in a text masked; a cell may hold several, with names beside them."""
    return _NUMBER.sub(lambda found: mask_phone(found[0]), text)
