"""The start set: sixty everyday items of a township, made by us and marked as examples."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from services.tickets.catalogue.facts import NO_FEE, Facts, read_paper

FILE = Path(settings.BASE_DIR) / "fixtures" / "catalogue" / "examples.toml"


@cache
def examples() -> Mapping[str, Facts]:
    """Items by their code."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        row["code"]: Facts(
            name=row["name"],
            category=row["category"],
            default_kind=row["kind"],
            office=row["office"],
            basis=row["basis"],
            flow_note=row["flow"],
            papers=tuple(map(read_paper, row["papers"])),
            legal_days=row.get("legal_days"),
            promised_days=row["promised_days"],
            fee_note=row.get("fee", NO_FEE),
        )
        for row in data["item"]
    }
