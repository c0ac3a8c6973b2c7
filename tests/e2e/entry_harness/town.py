"""What stands behind the grid in its tests: rows in memory that check, save, clash and keep a draft."""

import re
import threading
from typing import Any

GROUPS = [("第一党小组", "dydxz"), ("第二党小组", "dedxz"), ("第三党小组", "dsdxz")]
COLUMNS: list[dict[str, Any]] = [
    {"key": "number", "title": "编号", "kind": "code", "width": 6, "readonly": True, "help": "系统给的编号"},
    {"key": "name", "title": "户主姓名", "titles": ["户主", "姓名"], "required": True, "max_length": 20},
    {
        "key": "group",
        "title": "党小组",
        "kind": "choice",
        "width": 9,
        "choices": [{"label": name, "initials": f"{letters} {letters[:2]}"} for name, letters in GROUPS],
    },
    {"key": "phone", "title": "联系电话", "titles": ["手机", "电话"], "kind": "phone", "width": 9},
    {"key": "day", "title": "入党时间", "kind": "date", "width": 8},
    {"key": "count", "title": "人口", "kind": "number", "width": 5, "min": 0, "max": 30},
    {"key": "hub", "title": "中心户", "kind": "bool", "width": 5},
    {"key": "village_group", "title": "村民小组", "max_length": 20},
    {"key": "door", "title": "门牌号", "kind": "code", "width": 7},
    {"key": "remark", "title": "备注", "width": 14, "max_length": 60},
]
KEYS = [column["key"] for column in COLUMNS]


def stored(number: int) -> dict[str, str]:
    """An invented household as the server holds it."""
    return {
        "number": f"H{number:04d}",
        "name": f"演示户{number}",
        "group": GROUPS[number % 3][0],
        "phone": f"138{number:08d}",
        "day": "",
        "count": str(number % 7 + 1),
        "hub": "是" if number % 10 == 0 else "否",
        "village_group": f"{number % 5 + 1}组",
        "door": f"{number}号",
        "remark": "",
    }


class Town:
    """Rows with versions, one draft, and the three answers of the contract."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.reset(0)

    def reset(self, rows: int, **options: Any) -> None:
        """Begin again with so many rows; options: limit, actions, signed_out, slow."""
        with self.lock:
            self.rows = {number: stored(number) for number in range(1, rows + 1)}
            self.past = {(number, "1"): dict(cells) for number, cells in self.rows.items()}
            self.versions = dict.fromkeys(self.rows, "1")
            self.draft: dict[str, Any] | None = None
            self.options = {"limit": 1000, "actions": [], "signed_out": False, **options}

    def config(self) -> dict[str, Any]:
        """What the page hands to the grid."""
        with self.lock:
            rows = [
                {"id": key, "seen": self.versions[key], "cells": cells} for key, cells in self.rows.items()
            ]
            return {
                "limit": self.options["limit"],
                "columns": COLUMNS,
                "rows": rows,
                "draft": self.draft,
                "actions": self.options["actions"],
            }

    def change(self, number: int, key: str, value: str) -> None:
        """Another clerk saves one cell."""
        with self.lock:
            self.rows[number] = {**self.rows[number], key: value}
            self.versions[number] = str(int(self.versions[number]) + 1)
            self.past[number, self.versions[number]] = dict(self.rows[number])

    def check(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Errors, notes, cleaned cells, and a band over the third group."""
        with self.lock:
            size = sum(cells["group"] == "第三党小组" for cells in self.rows.values())
        size += sum(row["id"] is None and row["cells"]["group"] == "第三党小组" for row in body["rows"])
        notes = [
            {"row": row["row"], "column": "remark", "text": "备注较长，花名册上会换行"}
            for row in body["rows"]
            if len(row["cells"]["remark"]) > 30
        ]
        tone = "warning" if size > 15 else "ok"
        return 200, {
            "errors": errors_of(body["rows"]),
            "notes": notes,
            "cleaned": {row["row"]: cleaned for row in body["rows"] if (cleaned := cleaned_of(row["cells"]))},
            "bands": [{"text": f"本次改动后：第三党小组 {size} 户", "tone": tone}],
        }

    def save(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """All rows or none: 422 with errors, 409 with both values, or 200."""
        errors = errors_of(body["rows"])
        if errors:
            return 422, {"errors": errors}
        with self.lock:
            clashes = [clash for row in body["rows"] for clash in self._clashes(row, body.get("choices", {}))]
            if clashes:
                seen = {
                    row["row"]: self.versions[row["id"]] for row in body["rows"] if row["id"] in self.rows
                }
                return 409, {"conflicts": clashes, "seen": seen}
            for row in body["rows"]:
                self._write(row)
            self.draft = None
        return 200, {"said": f"已保存 {len(body['rows'])} 行", "url": "/saved/"}

    def keep(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The draft; no rows remove it."""
        with self.lock:
            self.draft = {"at": "14:32", "rows": body["rows"]} if body["rows"] else None
        return 200, {"at": "14:32"}

    def _clashes(self, row: dict[str, Any], choices: dict[str, Any]) -> list[dict[str, Any]]:
        number = row["id"]
        if number not in self.rows or row["seen"] == self.versions[number]:
            return []
        was, now = self.past[number, row["seen"]], self.rows[number]
        picked = choices.get(row["row"], {})
        return [
            {
                "row": row["row"],
                "column": key,
                "title": column["title"],
                "was": was[key],
                "theirs": now[key],
                "mine": row["cells"][key],
                "who": "演示乡党建办",
                "at": "14:30",
            }
            for column in COLUMNS
            if now[key := column["key"]] != was[key]
            and row["cells"][key] not in {was[key], now[key]}
            and key not in picked
        ]

    def _write(self, row: dict[str, Any]) -> None:
        number = row["id"] or max(self.rows, default=0) + 1
        if row.get("close"):
            del self.rows[number]
            return
        self.rows[number] = dict(row["cells"])
        self.versions[number] = str(int(self.versions.get(number, "0")) + 1)
        self.past[number, self.versions[number]] = dict(row["cells"])


def errors_of(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What this server refuses; a name in English letters is something only it knows to be wrong."""
    found = []
    for row in rows:
        cells = row["cells"]
        if not cells["name"]:
            found.append({"row": row["row"], "column": "name", "text": "请填写户主姓名"})
        elif re.fullmatch(r"[A-Za-z]+", cells["name"]):
            found.append({"row": row["row"], "column": "name", "text": "姓名应为汉字"})
        if cells["phone"] and not re.fullmatch(r"1\d{10}", cells["phone"]):
            found.append({"row": row["row"], "column": "phone", "text": "应为 11 位手机号"})
        if cells["group"] and cells["group"] not in dict(GROUPS):
            found.append({"row": row["row"], "column": "group", "text": f"没有“{cells['group']}”"})
        if cells["day"] and not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", cells["day"]):
            found.append({"row": row["row"], "column": "day", "text": "日期不对"})
    return found


def cleaned_of(cells: dict[str, str]) -> dict[str, str]:
    """A name loses the blank in its middle."""
    name = cells["name"].replace(" ", "")
    return {"name": name} if name != cells["name"] else {}
