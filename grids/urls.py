"""Addresses of grids."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.urls.resolvers import URLPattern, URLResolver

from grids.imports import views as imports
from grids.kinds import LISTED
from grids.registers import views as registers
from grids.registers.workbooks import reconcile_views as reconcile
from grids.registers.workbooks import views as workbooks
from grids.reserve import views as reserve
from grids.views import (
    bulk,
    gaps,
    handover,
    history,
    lists,
    merging,
    moves,
    nodes,
    people,
    posts,
    raising,
    saved_views,
    search,
    structure,
    tree,
    uniting,
    villager_groups,
)


class ListedKind(StringConverter):
    """The kinds that have a list of their own; anything else is 404."""

    regex = "|".join(info.kind.value for info in LISTED)


class KeptKind(StringConverter):
    """What has a timeline of its own."""

    regex = "node|person|post"


register_converter(ListedKind, "listed_kind")
register_converter(KeptKind, "kept_kind")

app_name = "grids"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tree/", tree.tree, name="tree"),
    path("tree/<int:pk>/children/", tree.tree_children, name="tree_children"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.search_suggest, name="search_suggest"),
    path("views/add/", saved_views.saved_view_add, name="saved_view_add"),
    path("views/<int:pk>/", saved_views.saved_view_change, name="saved_view_change"),
    path("views/of/<slug:listing>/", saved_views.saved_views, name="saved_views"),
    path("bulk/<listed_kind:kind>/", bulk.bulk, name="bulk"),
    path("nodes/add/", nodes.node_add, name="node_add"),
    path("nodes/<int:pk>/", nodes.node, name="node"),
    path("nodes/<int:pk>/edit/", nodes.node_edit, name="node_edit"),
    path("nodes/<int:pk>/move/", moves.node_move, name="node_move"),
    path("nodes/<int:pk>/structure/", structure.structure, name="structure"),
    path("nodes/<int:pk>/children/move/", moves.children_move, name="children_move"),
    path("nodes/<int:pk>/split/", structure.split, name="split"),
    path("nodes/<int:pk>/merge/", uniting.merge, name="merge"),
    path("nodes/<int:pk>/raise/", raising.raise_, name="raise"),
    path("nodes/<int:pk>/industry/", raising.industry, name="industry"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("gaps/villager-groups/<int:pk>/", gaps.gap_lane, name="gap_lane"),
    path("nodes/<int:pk>/close/", nodes.node_close, name="node_close"),
    path("nodes/<int:pk>/reopen/", nodes.node_reopen, name="node_reopen"),
    path("nodes/<int:pk>/phone/", nodes.node_phone, name="node_phone"),
    path("nodes/<int:pk>/then/", history.node_then, name="node_then"),
    path("actions/", history.action_list, name="actions"),
    path("actions/<int:pk>/", history.action, name="action"),
    path("actions/<int:pk>/undo/", history.action_undo, name="action_undo"),
    path("history/<kept_kind:what>/<int:pk>/", history.timeline, name="timeline"),
    path("history/<kept_kind:what>/<int:pk>/back/", history.timeline_back, name="timeline_back"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/twins/", people.person_twins, name="person_twins"),
    path("people/duplicates/", merging.duplicates, name="duplicates"),
    path("people/<int:pk>/merge/", merging.person_merge, name="person_merge"),
    path("people/<int:pk>/handover/", handover.person_handover, name="person_handover"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/phone/", people.person_phone, name="person_phone"),
    path("posts/", posts.posts, name="posts"),
    path("posts/add/", posts.post_add, name="post_add"),
    path("posts/<int:pk>/edit/", posts.post_edit, name="post_edit"),
    path("posts/<int:pk>/end/", posts.post_end, name="post_end"),
    path("villager-groups/", villager_groups.villager_groups, name="villager_groups"),
    path("villager-groups/add/", villager_groups.villager_group_add, name="villager_group_add"),
    path(
        "villager-groups/<int:pk>/rename/",
        villager_groups.villager_group_rename,
        name="villager_group_rename",
    ),
    path("entry/<slug:code>/", registers.entry, name="entry"),
    path("entry/<slug:code>/check/", registers.entry_check, name="entry_check"),
    path("entry/<slug:code>/save/", registers.entry_save, name="entry_save"),
    path("entry/<slug:code>/draft/", registers.entry_draft, name="entry_draft"),
    path("registers/<slug:code>/template/", workbooks.register_template, name="register_template"),
    path("registers/<slug:code>/workbook/", workbooks.register_workbook, name="register_workbook"),
    path("registers/<slug:code>/load/", workbooks.register_load, name="register_load"),
    path("registers/<slug:code>/reconcile/", reconcile.reconcile, name="reconcile"),
    path("registers/<slug:code>/reconcile/columns/", reconcile.reconcile_columns, name="reconcile_columns"),
    path("registers/<slug:code>/reconcile/choose/", reconcile.reconcile_choose, name="reconcile_choose"),
    path("registers/<slug:code>/reconcile/result/", reconcile.reconcile_result, name="reconcile_result"),
    path("registers/<slug:code>/reconcile/drop/", reconcile.reconcile_drop, name="reconcile_drop"),
    path("imports/", imports.imports, name="imports"),
    path("reserve/", reserve.reserve, name="reserve"),
    path("reserve/new/", reserve.reserve_new, name="reserve_new"),
    path("reserve/<int:pk>/", reserve.reserve_row, name="reserve_row"),
    path("reserve/<int:pk>/edit/", reserve.reserve_edit, name="reserve_edit"),
    path("reserve/<int:pk>/step/", reserve.reserve_step, name="reserve_step"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_preview, name="import_preview"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("imports/<int:pk>/mend/", imports.import_mend, name="import_mend"),
    path("imports/<int:pk>/join/", imports.import_join, name="import_join"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("imports/<int:pk>/file/", imports.import_file, name="import_file"),
    path("<listed_kind:kind>/", lists.node_list, name="node_list"),
]
