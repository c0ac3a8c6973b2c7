"""Addresses of the catalogue."""

from django.urls import path

from services.tickets.catalogue.views import exchange, items, lists

urlpatterns = [
    path("", lists.catalogue, name="catalogue"),
    path("new/", items.item_new, name="item_new"),
    path("load/", exchange.catalogue_load, name="catalogue_load"),
    path("guides/", lists.catalogue_guides, name="catalogue_guides"),
    path("examples/", lists.catalogue_examples, name="catalogue_examples"),
    path("file/<str:format>/", lists.catalogue_file, name="catalogue_file"),
    path("<int:pk>/", items.item, name="item"),
    path("<int:pk>/edit/", items.item_edit, name="item_edit"),
    path("<int:pk>/close/", items.item_close, name="item_close"),
    path("<int:pk>/reopen/", items.item_reopen, name="item_reopen"),
    path("<int:pk>/adopt/", items.item_adopt, name="item_adopt"),
    path("<int:pk>/guide/", items.item_guide, name="item_guide"),
]
