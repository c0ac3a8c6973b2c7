"""Addresses of the ledgers: the same pages in each room."""

from django.urls import path, register_converter

from services.ledgers import views
from services.ledgers.rooms import ROOMS


class RoomConverter:
    """A room of ledgers; other rooms have addresses of their own."""

    regex = "|".join(ROOMS)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(RoomConverter, "ledger_room")
urlpatterns = [
    path("<ledger_room:room>/<slug:code>/", views.listing, name="ledger"),
    path("<ledger_room:room>/<slug:code>/new/", views.row_new, name="ledger_new"),
    path("<ledger_room:room>/<slug:code>/file/<str:format>/", views.listing_file, name="ledger_file"),
    path("<ledger_room:room>/<slug:code>/<int:pk>/", views.row, name="ledger_row"),
    path("<ledger_room:room>/<slug:code>/<int:pk>/edit/", views.row_edit, name="ledger_edit"),
]
