"""Photos of a visit: at most three, sent once however often they come, deleted with their file."""

import hashlib

from django.core.exceptions import ValidationError

from grids.actions.refusals import checked, in_words
from services.models import Visit, VisitPhoto
from services.visits.actions.guards import require_change
from services.visits.rules import MOST_PHOTOS
from township import audit, history
from township.choices import Deed
from township.models import User
from township.stored import Store

PHOTOS = Store("visit-photos")


def shown(visit: Visit) -> list[VisitPhoto]:
    """Photos whose file is there: an undo brings a deleted one's row back, never its file."""
    return [one for one in visit.photos.all() if PHOTOS.path_of(one.kept_name)]


def add_photo(*, visit: Visit, content: bytes, by: User, client_id: str = "") -> VisitPhoto:
    """Keep a picture already drawn anew; sent again under the same client_id it is the first one."""
    require_change(by, visit)
    with history.action(by=by, title="添加走访照片"), in_words("这张照片刚才已经传过。"):
        Visit.objects.select_for_update().get(pk=visit.pk)  # two at once are counted one after the other
        standing = list(visit.photos.all())
        for one in standing:
            if client_id and one.client_id == client_id:
                return one
        if len(shown(visit)) >= MOST_PHOTOS:
            raise ValidationError(f"一次走访最多 {MOST_PHOTOS} 张照片，请先删去一张。")
        row = VisitPhoto(
            visit=visit,
            client_id=client_id,
            file_name=f"照片{len(standing) + 1}.jpg",
            file_size=len(content),
            file_sha256=hashlib.sha256(content).hexdigest(),
            kept_name=PHOTOS.keep(content, ".jpg"),
        )
        checked(row)
        history.save(row, by=by, reason="添加走访照片")
        audit.record(by=by, deed=Deed.CREATE, target=f"走访照片（走访编号 {visit.pk}）")
    return row


def remove_photo(*, photo: VisitPhoto, by: User) -> None:
    """The row and the file: a picture that should not have been taken stays nowhere."""
    require_change(by, photo.visit)
    with history.action(by=by, title="删除走访照片"), in_words():
        history.remove_all(VisitPhoto, [photo], by=by, reason="删除走访照片")
        audit.record(by=by, deed=Deed.CHANGE, target=f"删除走访照片（走访编号 {photo.visit_id}）")
    PHOTOS.remove(photo.kept_name)
