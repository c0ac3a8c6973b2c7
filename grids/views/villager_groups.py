"""Villager groups of each village: list, adding, renaming."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from grids import access
from grids.actions import people as actions
from grids.actions.refusals import sentences
from grids.forms.filters import Filter
from grids.forms.people import RenameForm, VillagerGroupForm
from grids.models import Node, VillagerGroup
from grids.queries.people import villager_groups as groups_found
from grids.resources import VILLAGER_GROUP_COLUMNS
from grids.sorts import VILLAGER_GROUPS
from grids.views.frames import page_of, wants_export, who, workbook
from grids.views.tables import frame_of, opened


@require_GET
def villager_groups(request: HttpRequest) -> HttpResponse:
    """Where households live, and which grids cover it."""
    access.require(request.user, access.Right.READ_ROSTER)
    table = opened(request, VILLAGER_GROUPS)
    if isinstance(table, HttpResponse):
        return table
    bar = Filter(request.GET, user=request.user)
    found = groups_found(request.user, bar.pk("village"))
    if wants_export(request):
        return workbook(request, "村民小组名单", VILLAGER_GROUP_COLUMNS, [_row(group) for group in found])
    may_edit = access.may(request.user, access.Right.EDIT_ROSTER)
    page = page_of(request, found)
    context = {
        **frame_of(request, table, bar, columns=(), shown=()),
        "page_obj": page,
        "rows": [{**_row(group), "pk": group.pk, "open_grids": group.open_grids} for group in page],
        "add_form": VillagerGroupForm(roots=_roots(request), initial={"root": bar.pk("village")})
        if may_edit
        else None,
        "may_export": access.may(request.user, access.Right.EXPORT_ROSTER),
        "may_edit": may_edit,
    }
    return render(request, "grids/villager_groups.html", context)


def _row(group: VillagerGroup) -> dict[str, object]:
    grids = [grid.node.name for grid in group.open_grids]  # type: ignore[attr-defined]
    return {
        "village": group.root.name,
        "name": group.name,
        "households": group.household_count,  # type: ignore[attr-defined]
        "grids": "、".join(grids) or "未划入网格",
    }


def _roots(request: HttpRequest) -> QuerySet[Node]:
    return (
        Node.objects.visible_to(request.user).filter(parent=None, closed_on=None).order_by("position", "pk")
    )


@require_POST
def villager_group_add(request: HttpRequest) -> HttpResponse:
    """A new villager group."""
    access.require(request.user, access.Right.EDIT_ROSTER)
    form = VillagerGroupForm(request.POST, roots=_roots(request))
    if not form.is_valid():
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("grids:villager_groups")
    try:
        made = actions.add_villager_group(
            root=form.cleaned_data["root"],
            name=form.cleaned_data["name"],
            by=who(request),
        )
        messages.success(request, f"已新增村民小组“{made.name}”。")
    except ValidationError as refusal:
        messages.error(request, "；".join(sentences(refusal)))
    return redirect("grids:villager_groups")


@require_POST
def villager_group_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name."""
    group = get_object_or_404(VillagerGroup.objects.visible_to(request.user).select_related("root"), pk=pk)
    access.require_edit(request.user, group.root)
    form = RenameForm(request.POST)
    if form.is_valid():
        try:
            actions.rename_villager_group(group=group, name=form.cleaned_data["name"], by=who(request))
            messages.success(request, "已改名。")
        except ValidationError as refusal:
            messages.error(request, "；".join(sentences(refusal)))
    else:
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("grids:villager_groups")
