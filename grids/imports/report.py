"""What is told about one file: as JSON for machines and pages, and as a few lines for the terminal."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from grids.choices import Kind
from grids.imports.planning.plan import COUNTED, BranchPlan, Plan
from grids.imports.planning.targets import names_of
from grids.imports.planning.wanted import Want, shown
from grids.imports.reading.result import ERROR, Problem, RosterReading

APPLIED, UNCHANGED, REFUSED, DRY_RUN = "applied", "unchanged", "refused", "dry_run"
STATUS_WORDS = {APPLIED: "已导入", UNCHANGED: "没有变化", REFUSED: "未导入", DRY_RUN: "试算"}
COUNTED_WORDS = {
    "branch": "党组织",
    "grid": "网格",
    "group": "党小组",
    "hub": "中心户（示范岗）",
    "member": "党员",
    "household": "农户",
    "person": "人员",
    "post": "任职",
    "link": "联户",
    "contact": "包挂联系",
}
FACT_WORDS = {
    "name": "名称",
    "phone": "电话",
    "hub_kind": "类别",
    "plate_no": "标识牌编号",
    "served_households": "周边农户数",
    "remark": "备注",
    "standing": "党员类别",
    "is_floating": "是否流动",
    "takes_part": "参加联户",
    "since": "起始时间",
    "villager_group": "村民小组",
    "door": "门牌",
    "size": "家庭人口数",
    "place": "上级",
}
FIELD_WORDS = {
    "general_branch": "党总支",
    "branch": "党支部",
    "group": "党小组",
    "grid": "网格",
    "group_leader": "党小组长",
    "group_leader_phone": "党小组长电话",
    "group_kind": "党小组类别",
    "hub": "中心户（示范岗）",
    "hub_kind": "中心户类别",
    "hub_flag": "是否中心户",
    "hub_head": "中心户负责人",
    "hub_phone": "中心户电话",
    "plate_no": "标识牌编号",
    "served_households": "周边农户数",
    "member": "党员姓名",
    "member_phone": "党员电话",
    "member_standing": "党员类别",
    "floating": "是否流动",
    "takes_part": "参加联户",
    "member_count": "联系党员数（不存）",
    "household": "户主姓名",
    "villager_group": "村民小组",
    "door": "门牌",
    "address": "住址（村民小组、门牌）",
    "household_size": "家庭人口数",
    "household_phone": "户联系电话",
    "household_count": "联系户数（不存）",
    "since": "联系起始时间",
    "remark": "备注",
    "seq": "序号（不存）",
    "household_code": "户编号",
    "member_code": "党员编号",
    "hub_code": "中心户编号",
}
CHANGES_KEPT = 2000


def refusal(name: str, message: str) -> dict[str, Any]:
    """The entry of a file that could not be read at all."""
    problem = Problem(ERROR, "", None, "", "", message)
    return _entry(name, REFUSED, None, [problem])


def of_plan(name: str, status: str, plan: Plan) -> dict[str, Any]:
    """The entry of a file that was compared with the system."""
    entry = _entry(name, status, plan.reading, plan.problems)
    entry["branches"] = names_of(branch.target for branch in plan.branches) or plan.reading.branches
    entry["branch"] = "、".join(entry["branches"])
    entry["counts"] = plan.counts()
    changes = list(changes_of(plan))
    entry["changes"], entry["changes_total"] = changes[:CHANGES_KEPT], len(changes)
    return entry


def _entry(name: str, status: str, reading: RosterReading | None, problems: list[Problem]) -> dict[str, Any]:
    sheets = [_sheet(sheet) for sheet in reading.sheets] if reading is not None else []
    return {
        "file": name,
        "status": status,
        "branch": "",
        "branches": [],
        "sheets": sheets,
        "not_collected": _union(sheet["not_collected"] for sheet in sheets),
        "unrecognised": _union(sheet["unrecognised"] for sheet in sheets),
        "counts": {name: dict.fromkeys(("new", "changed", "same", "closed"), 0) for name in COUNTED},
        "errors": [_problem(p) for p in problems if p.severity == ERROR],
        "warnings": [_problem(p) for p in problems if p.severity != ERROR],
        "changes": [],
        "changes_total": 0,
    }


def _sheet(sheet: Any) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "header_row": sheet.header_row,
        "header_rows": sheet.header_rows,
        "columns": sheet.columns,
        "not_collected": sheet.not_collected,
        "unrecognised": sheet.unrecognised,
        "rows": sheet.rows,
        "title": sheet.title,
        "skipped": sheet.skipped,
        "left_out": sheet.left_out,
        "layout": sheet.layout,
    }


def _union(lists: Iterable[list[str]]) -> list[str]:
    return list(dict.fromkeys(item for items in lists for item in items))


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "message": problem.message,
    }


# --- changes ----------------------------------------------------------------------------------------


def changes_of(plan: Plan) -> Iterable[dict[str, Any]]:
    """Every difference but the new places, which the counts tell; closed ones first, they weigh most."""
    for branch in plan.branches:
        for held in branch.closing:
            member = branch.held.by_pk.get(held.parent_id)
            yield _change("closed", held.kind, held.name, branch, "place", member.name if member else "", "")
    for branch in plan.branches:
        for want in branch.found.places():
            yield from _changes_of(branch, want)
        yield from _post_changes(branch)


def _changes_of(branch: BranchPlan, want: Want) -> Iterable[dict[str, Any]]:
    held = want.held
    if held is None:
        return
    person = branch.people_of.get(want)
    diff = {**want.diff, **(person.diff if person is not None else {})}
    for name, (old, new) in diff.items():
        yield _change("changed", want.kind, held.name, branch, name, old, new, want)
    if want.moved and want.above is not None:
        before = branch.held.by_pk.get(held.parent_id)
        old = before.name if before is not None else branch.target.name
        yield _change("moved", want.kind, held.name, branch, "place", old, want.above.name, want)


def _post_changes(branch: BranchPlan) -> Iterable[dict[str, Any]]:
    for post in branch.posts:
        if post.ended:
            old = "、".join(held.person_name for held in post.ended)
            label = "党小组长" if post.place.kind == Kind.GROUP else "负责人"
            new = post.person.name if post.person.name != old else f"{old}（同名的另一人）"
            change = _change("changed", post.place.kind, post.place.name, branch, label, old, new, post.place)
            yield change


def _change(
    action: str,
    kind: str,
    name: str,
    branch: BranchPlan,
    fact: str,
    old: Any,
    new: Any,
    want: Want | None = None,
) -> dict[str, Any]:
    return {
        "action": action,
        "kind": kind,
        "kind_word": COUNTED_WORDS[kind],
        "name": name,
        "branch": branch.target.name,
        "fact": FACT_WORDS.get(fact, fact),
        "old": _text(old),
        "new": _text(new),
        "sheet": want.row.sheet if want is not None else "",
        "row": want.row.row if want is not None else None,
    }


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else shown(value)


def changes_nothing(entry: dict[str, Any]) -> bool:
    """True when every count but 'same' is 0."""
    return not any(n for states in entry["counts"].values() for state, n in states.items() if state != "same")


# --- the terminal -----------------------------------------------------------------------------------


def summary(entry: dict[str, Any], *, problems: int = 10) -> list[str]:
    """A few lines about one file."""
    lines = [f"{entry['file']}：{STATUS_WORDS[entry['status']]}　{entry['branch']}".rstrip("　")]
    if entry["status"] != REFUSED:
        lines.append("　" + "；".join(counted(entry["counts"])))
    if entry["not_collected"]:
        lines.append("　不收集的列：" + "、".join(entry["not_collected"]))
    if entry["unrecognised"]:
        lines.append("　未识别的列：" + "、".join(entry["unrecognised"]))
    for title, found in (("错误", entry["errors"]), ("提醒", entry["warnings"])):
        lines.extend(f"　{title}：{_where(problem)}{problem['message']}" for problem in found[:problems])
        if len(found) > problems:
            lines.append(f"　{title}：还有 {len(found) - problems} 条")
    return lines


def changing(counts: dict[str, dict[str, int]]) -> list[str]:
    """Counts in words without what stays as it is."""
    return counted(
        {name: {s: n for s, n in states.items() if s != "same"} for name, states in counts.items()}
    )


def counted(counts: dict[str, dict[str, int]]) -> list[str]:
    """Counts in words: 农户 新增3、更改1."""
    words = {"new": "新增", "changed": "更改", "same": "不变", "closed": "注销"}
    return [
        f"{COUNTED_WORDS[name]} " + "、".join(f"{words[state]}{n}" for state, n in states.items() if n)
        for name, states in counts.items()
        if any(states.values())
    ]


def _where(problem: dict[str, Any]) -> str:
    sheet = f"“{problem['sheet']}”" if problem["sheet"] else ""
    row = f"第{problem['row']}行" if problem["row"] else ""
    place = sheet + row + (f"“{problem['column']}”" if problem["column"] else "")
    return f"{place}：" if place else ""
