"""Pages of 包挂联系: the list, its workbook, and the forms that begin, correct and end a contact."""

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grids import access
from grids.actions.refusals import sentences
from grids.queries import phones
from grids.queries.bands import bands_in_force
from grids.queries.changes import entries, history_of_row, state_before, version_of, way_asked, ways_back
from grids.rules import Bands
from grids.views.past import day_of, past_of, shows_past, then_of
from grids.views.tables import chosen_columns, frame_of, opened
from liaison import actions, queries
from liaison.choices import Level
from liaison.forms import ContactEditForm, ContactEndForm, ContactFilter, ContactForm
from liaison.models import Contact
from liaison.resources import (
    CONTACT_COLUMNS,
    CONTACT_COLUMNS_AT_FIRST,
    CONTACT_COLUMNS_IN_FILES,
    contact_sheet,
)
from liaison.rules import band_of
from township import audit
from township.addresses import row_number
from township.choices import Deed
from township.views import ScopedListView, SignedInRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _filtered(request: SignedInRequest) -> ContactFilter:
    rows = queries.contacts(request.user)
    if not request.GET.get("ended"):
        rows = rows.filter(until__isnull=True)
    return ContactFilter(request.GET, queryset=rows, request=request)


def open_levels(user: Any) -> list[Level]:
    """Levels at which the user may begin contacts."""
    if access.may(user, access.Right.EDIT_TOWN_CONTACTS):
        return list(Level)
    return [Level.COMMITTEE] if access.may(user, access.Right.EDIT_ROSTER) else []


class ContactList(ScopedListView):
    """Contacts in scope with their band notes."""

    model = Contact
    template_name = "liaison/contact_list.html"

    @method_decorator(shows_past)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list as asked for, or on to how it was left."""
        access.require(request.user, access.Right.READ_ROSTER)
        table = opened(request, "contacts")
        if isinstance(table, HttpResponse):
            return table
        self.table = table
        return super().get(request, *args, **kwargs)

    def filtered(self, rows: Any) -> Any:
        """The filter bar's choice."""
        access.require(self.request.user, access.Right.READ_ROSTER)
        self.filter = _filtered(self.request)
        return self.filter.qs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each row with its holder's load and what the user may do with it."""
        context = super().get_context_data(**kwargs)
        page = list(context["page_obj"])
        user = self.request.user
        counts = queries.contact_counts(
            user, on=day_of(self.request), holder_ids={contact.holder_id for contact in page}
        )
        bands = bands_in_force(user.township_id, year=day_of(self.request).year)
        levels = open_levels(user) if past_of(self.request) is None else []
        return {
            **context,
            **frame_of(
                self.request,
                self.table,
                self.filter.form,
                columns=CONTACT_COLUMNS,
                shown=self.table.columns(CONTACT_COLUMNS, CONTACT_COLUMNS_AT_FIRST),
            ),
            "filter": self.filter,
            "rows": [_row(contact, counts, bands, user, levels) for contact in page],
            "levels": levels,
            "may_export": access.may(user, access.Right.EXPORT_ROSTER),
            "may_import": bool(levels) and access.may(user, access.Right.IMPORT_ROSTER),
        }


def _row(
    contact: Contact, counts: dict[tuple[str, int], int], bands: Bands, user: Any, levels: list[Level]
) -> dict[str, Any]:
    band = band_of(bands, contact.level)
    n = counts.get((contact.level, contact.holder_id), 0)
    state = band.verdict(n) if band else ""
    return {
        "contact": contact,
        "phone": phones.shown(user, contact.target.root_id, contact.holder.phone),
        "n": n,
        "band": band,
        "state": state,
        "diff": abs((band.low if state == "under" else band.high) - n) if band else 0,
        "editable": contact.until is None
        and contact.level in levels
        and access.may_edit(user, contact.target),
    }


@require_POST
@shows_past
def contact_export(request: SignedInRequest) -> HttpResponseBase:
    """The filtered list as a workbook, with an entry in the log."""
    from township.sheets import xlsx  # slow import: XlsxWriter

    access.require(request.user, access.Right.EXPORT_ROSTER)
    rows, title = _filtered(request).qs, f"包挂联系一览表{then_of(request)}"
    columns = chosen_columns(request.GET, CONTACT_COLUMNS, CONTACT_COLUMNS_IN_FILES)
    holders = set(rows.order_by().values_list("holder_id", flat=True))
    counts = queries.contact_counts(request.user, on=day_of(request), holder_ids=holders)
    content = io.BytesIO()
    sheet = contact_sheet(request.user, rows, title=title, columns=columns, counts=counts)
    xlsx.write(sheet, content)
    content.seek(0)
    audit.record(by=request.user, deed=Deed.EXPORT, target=title, rows=rows.count(), request=request)
    return FileResponse(content, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX)


@require_http_methods(["GET", "POST"])
def contact_add(request: SignedInRequest) -> HttpResponse:
    """A new contact; the level comes with the address, since it decides who can be chosen."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    levels = open_levels(request.user)
    asked = request.GET.get("level", Level.COMMITTEE)
    if asked not in Level.values:
        asked = Level.COMMITTEE
    level, today = Level(asked), timezone.localdate()
    if level not in levels:
        access.require(request.user, access.Right.EDIT_TOWN_CONTACTS)
    initial = {"since": today, "target": row_number(request.GET.get("target", ""))}
    form = ContactForm(request.POST or None, user=request.user, level=level, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            contact = actions.begin_contact(level=level, by=request.user, today=today, **form.cleaned_data)
        except ValidationError as why:
            _explain(form, why)
        else:
            messages.success(request, f"已登记：{contact.holder}包挂{contact.target}。")
            return redirect("liaison:contacts")
    bands = bands_in_force(request.user.township_id, year=today.year)
    context = {"form": form, "level": level, "levels": levels, "band": band_of(bands, level)}
    return render(request, "liaison/contact_add.html", context)


def _explain(form: Any, why: ValidationError) -> None:
    """Put the action's refusal beside the field it speaks of, when the form has that field."""
    for name, problems in getattr(why, "error_dict", {"__all__": [why]}).items():
        form.add_error(name if name in form.fields else None, ValidationError(problems))


def _contact(request: SignedInRequest, pk: int) -> Contact:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    actions.require_contact(request.user, level=contact.level, target=contact.target)
    return contact


@require_http_methods(["GET", "POST"])
def contact_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the day or the remark."""
    contact = _contact(request, pk)
    initial = {"since": contact.since, "remark": contact.remark}
    form = ContactEditForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_contact(contact=contact, by=request.user, **form.cleaned_data)
        except ValidationError as why:
            _explain(form, why)
        else:
            messages.success(request, "已保存。")
            return redirect("liaison:contacts")
    context = {"form": form, "contact": contact, "heading": "修改包挂", "submit": "保存"}
    return render(request, "liaison/contact_form.html", context)


@require_http_methods(["GET", "POST"])
def contact_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a contact; its row and history stay."""
    contact = _contact(request, pk)
    form = ContactEndForm(request.POST or None, initial={"until": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_contact(contact=contact, by=request.user, **form.cleaned_data)
        except ValidationError as why:
            _explain(form, why)
        else:
            messages.success(request, f"已结束：{contact.holder}不再包挂{contact.target}。")
            return redirect("liaison:contacts")
    context = {"form": form, "contact": contact, "heading": "结束包挂", "submit": "结束"}
    return render(request, "liaison/contact_form.html", context)


@require_safe
def contact_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was changed on one contact, by whom and why."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    changes = history_of_row(request.user, Contact, contact.pk, root_id=contact.target.root_id)
    may_edit = contact.level in open_levels(request.user) and access.may_edit(request.user, contact.target)
    context = {
        "row": f"{contact.holder}包挂{contact.target}",
        "what": "contact",
        "entries": entries(changes),
        "ways": ways_back(changes, {"contact": actions.RESTORABLE}) if may_edit else {},
        "seen": version_of(contact),
        "back": reverse("liaison:contacts"),
        "back_url": reverse("liaison:contact_back", args=[contact.pk]),
    }
    return render(request, "grids/history/timeline.html", context)


@require_POST
def contact_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put an earlier value of a contact back."""
    contact = _contact(request, pk)
    asked = way_asked(request.POST.get("put", ""))
    owner, before = state_before(Contact, asked[1]) if asked else (0, None)
    if asked is None or owner != contact.pk or before is None:
        messages.error(request, "没有恢复：历史里没有这个旧值。")
        return redirect("liaison:contact_history", contact.pk)
    reason = f"恢复 {timezone.localdate(before['history_date']):%Y-%m-%d} 的值"
    try:
        actions.put_back_contact(
            contact=contact,
            before=before,
            field=asked[2],
            by=request.user,
            seen=request.POST.get("seen", ""),
            reason=reason,
        )
    except ValidationError as why:
        messages.error(request, "没有恢复：" + "".join(sentences(why)))
    else:
        messages.success(request, "已恢复旧值，恢复本身也记在历史里。")
    return redirect("liaison:contact_history", contact.pk)
