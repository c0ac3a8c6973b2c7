"""Rows under one place of the tree, whatever its kind."""

from django.db.models import Q

from grids.choices import BranchSetting
from grids.models import Node
from grids.queries.counts import KEY_OF

IN_VILLAGE = {"branch_profile__setting": BranchSetting.VILLAGE}


def under(place: Node | None, path: str = "") -> Q:
    """Rows whose node at `path` ('' on Node itself) is the place or lies below it; None: no narrowing."""
    if place is None:
        return Q()
    prefix = f"{path}__" if path else ""
    inside = Q(**{f"{prefix}root_id": place.root_id})
    if place.pk == place.root_id:
        return inside
    itself = Q(**{f"{prefix}pk": place.pk})
    key = KEY_OF.get(place.kind)
    return inside & (itself | Q(**{f"{prefix}{key}": place.pk}) if key else itself)
