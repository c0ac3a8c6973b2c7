"""Numbers for work, pictures of staff, and the number to complain to."""

import hashlib
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction

from grids import access
from grids.actions.refusals import checked, in_words
from grids.models import Node, Person
from grids.queries.people import may_edit_person
from services.models import Hotline, StaffContact
from township import audit, history
from township.choices import Deed
from township.models import User
from township.stored import Store

PHOTOS = Store("portraits")


@history.acts("修改公示信息")
def keep_contact(
    *, person: Person, work_phone: str, photo: bytes | None, drop_photo: bool, by: User
) -> StaffContact:
    """A number for work and a picture; a picture replaced or dropped leaves the folder for good."""
    if not may_edit_person(by, person):
        raise PermissionDenied("您只能修改本村人员的公示信息。")
    with in_words("别人刚改过，请刷新后再看。"):
        held = StaffContact.objects.select_for_update().filter(person=person).first()
        row = held or StaffContact(person=person)
        before = row.photo
        row.work_phone = work_phone
        if photo is not None:
            row.photo = PHOTOS.keep(photo, ".jpg")
            row.photo_sha256 = hashlib.sha256(photo).hexdigest()
        elif drop_photo:
            row.photo = row.photo_sha256 = ""
        checked(row)
        history.save(row, by=by, reason="修改公示信息")
        audit.record(by=by, deed=Deed.CHANGE, target=f"公示信息 {person}（编号 {person.pk}）")
        if before and before != row.photo:
            transaction.on_commit(partial(PHOTOS.remove, before))
    return row


@history.acts("修改监督电话")
def keep_hotline(*, by: User, root: Node | None, phone: str) -> Hotline:
    """Of a village, or (root None) of the township."""
    if root is None:
        access.require(by, access.Right.EDIT_TOWN_CONTACTS)
    else:
        access.require_edit(by, root)
    if by.township is None:
        raise PermissionDenied("只有本乡镇的账号可以修改监督电话。")
    with in_words("别人刚改过监督电话，请刷新后再看。"):
        rows = Hotline.objects.select_for_update().filter(township=by.township, root=root)
        row = rows.first() or Hotline(township=by.township, root=root)
        row.phone = phone
        checked(row)
        history.save(row, by=by, reason="修改监督电话")
        audit.record(by=by, deed=Deed.CHANGE, target=f"监督电话 {root or by.township}")
    return row
