"""Addresses of grids."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.urls.resolvers import URLPattern, URLResolver

from grids.imports import views as imports
from grids.kinds import LISTED
from grids.views import lists, moves, nodes, people, posts, search, tree, villager_groups


class ListedKind(StringConverter):
    """The kinds that have a list of their own; anything else is 404."""

    regex = "|".join(info.kind.value for info in LISTED)


register_converter(ListedKind, "listed_kind")

app_name = "grids"
urlpatterns: list[URLPattern | URLResolver] = [
    path("tree/", tree.tree, name="tree"),
    path("tree/<int:pk>/children/", tree.tree_children, name="tree_children"),
    path("search/", search.search, name="search"),
    path("nodes/add/", nodes.node_add, name="node_add"),
    path("nodes/<int:pk>/", nodes.node, name="node"),
    path("nodes/<int:pk>/edit/", nodes.node_edit, name="node_edit"),
    path("nodes/<int:pk>/move/", moves.node_move, name="node_move"),
    path("nodes/<int:pk>/close/", nodes.node_close, name="node_close"),
    path("nodes/<int:pk>/reopen/", nodes.node_reopen, name="node_reopen"),
    path("nodes/<int:pk>/phone/", nodes.node_phone, name="node_phone"),
    path("people/", people.people, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/phone/", people.person_phone, name="person_phone"),
    path("posts/", posts.posts, name="posts"),
    path("posts/add/", posts.post_add, name="post_add"),
    path("posts/<int:pk>/end/", posts.post_end, name="post_end"),
    path("villager-groups/", villager_groups.villager_groups, name="villager_groups"),
    path("villager-groups/add/", villager_groups.villager_group_add, name="villager_group_add"),
    path(
        "villager-groups/<int:pk>/rename/",
        villager_groups.villager_group_rename,
        name="villager_group_rename",
    ),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_preview, name="import_preview"),
    path("imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("<listed_kind:kind>/", lists.node_list, name="node_list"),
]
