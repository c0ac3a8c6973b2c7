"""The books of supervision, each declared once: its rows, columns, form and filter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from reports.models import (
    CaseEntry,
    DutyItem,
    DutyReview,
    Inspection,
    PlanTarget,
    ReviewFinding,
    SupportRecord,
)
from reports.supervision import forms, queries, tables
from reports.supervision.actions import BY_VILLAGES, COPIED
from reports.supervision.choices import FindingState, Grade, SupportKind


@dataclass(frozen=True)
class Book:
    """What the one set of pages needs to know of a kind of record."""

    title: str
    tab: str
    unit: str
    add: str  # words on the button
    model: type[Any]
    form: type[forms.RecordForm]
    fields: Sequence[tables.Field]
    rows: Callable[..., Any]
    reader: Callable[..., tables.Reader]
    clause: str
    empty: str  # what an empty list says
    states: Sequence[tuple[str, str]] = ()
    state_label: str = "状态"
    this_year: bool = False  # the list begins with the current year

    @property
    def code(self) -> str:
        """Its name in addresses."""
        return str(self.model.BOOK)

    @property
    def copies(self) -> bool:
        """True when last year's list can be taken over."""
        return self.model in COPIED

    @property
    def by_villages(self) -> bool:
        """True when secretaries keep it for the own village."""
        return self.model in BY_VILLAGES


def _states(model: Any) -> Sequence[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in model.choices]


BOOKS: Mapping[str, Book] = {
    book.code: book
    for book in (
        Book(
            title="整改问题",
            tab="整改问题",
            unit="个",
            add="登记问题",
            model=ReviewFinding,
            form=forms.FindingForm,
            fields=tables.FINDINGS,
            rows=queries.findings,
            reader=tables.findings,
            clause="二(四)5",
            empty="例会和督查中指出的问题登记在这里，整改、复查、销号都有记录。",
            states=[("standing", "未销号"), (queries.LATE, "逾期未整改"), *_states(FindingState)],
        ),
        Book(
            title="责任清单",
            tab="责任清单",
            unit="项",
            add="新增事项",
            model=DutyItem,
            form=forms.DutyForm,
            fields=tables.DUTIES,
            rows=queries.duties,
            reader=tables.duties,
            clause="二(四)5",
            empty="列出事项、责任人和完成时限，逾期的会排在最前面。",
            states=[("open", "未完成"), (queries.LATE, "已逾期"), ("done", "已完成")],
        ),
        Book(
            title="督查记录",
            tab="督查",
            unit="次",
            add="登记督查",
            model=Inspection,
            form=forms.InspectionForm,
            fields=tables.INSPECTIONS,
            rows=queries.inspections,
            reader=tables.inspections,
            clause="三2",
            empty="每次督查登记一条，发现的情况可以一键转为整改问题。",
        ),
        Book(
            title="书记述职考评",
            tab="述职考评",
            unit="人",
            add="登记结果",
            model=DutyReview,
            form=forms.ReviewForm,
            fields=tables.REVIEWS,
            rows=queries.reviews,
            reader=tables.reviews,
            clause="二(四)5",
            empty="乡党委考评以后，由乡党政办登记等次。系统不打分、不排名。",
            states=_states(Grade),
            state_label="等次",
            this_year=True,
        ),
        Book(
            title="工作目标",
            tab="工作目标",
            unit="项",
            add="新增目标",
            model=PlanTarget,
            form=forms.TargetForm,
            fields=tables.TARGETS,
            rows=queries.targets,
            reader=tables.targets,
            clause="三1",
            empty="按附件1的指标定目标数，目前完成数自动统计。",
            this_year=True,
        ),
        Book(
            title="保障情况",
            tab="保障",
            unit="项",
            add="登记保障",
            model=SupportRecord,
            form=forms.SupportForm,
            fields=tables.SUPPORT,
            rows=queries.support,
            reader=tables.support,
            clause="三2",
            empty="人、财、物三样，财只记金额和年度。",
            states=_states(SupportKind),
            state_label="类别",
        ),
        Book(
            title="经验材料",
            tab="经验材料",
            unit="篇",
            add="新增材料",
            model=CaseEntry,
            form=forms.CaseForm,
            fields=tables.CASES,
            rows=queries.cases,
            reader=tables.cases,
            clause="三3",
            empty="值得总结推广的做法写在这里。",
        ),
    )
}


def book_of(model: type[Model]) -> Book:
    """The book of a record's model."""
    return BOOKS[model.BOOK]  # type: ignore[attr-defined]
