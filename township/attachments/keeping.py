"""Attachments written down beside their rows and handed out again: a logged download, never inline."""

import hashlib
import io

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest

from township import audit
from township.attachments.reading import ACCEPT, MOST_BYTES, TAKEN, Attachment, Refused, read
from township.choices import Deed
from township.models import Attached, User
from township.stored import Store

ATTACHMENTS = Store("attachments")
_MISSING = "请选择要上传的文件。"
_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}


class AttachmentField(forms.FileField):
    """One file; its clean value is an `Attachment`, or None when nothing was sent."""

    widget = forms.FileInput

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("label", "附件")
        kwargs.setdefault("help_text", f"{TAKEN}，不超过 {MOST_BYTES // 1048576} MB，一个文件。")
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault(
            "error_messages",
            {
                "required": _MISSING,
                "missing": _MISSING,
                "empty": "这个文件是空的（0 字节），请重新选择文件。",
                "invalid": "文件没有传上来，请重新选择。",
                "max_length": "文件名太长，请改短后再上传。",
            },
        )
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.widget.attrs["accept"] = ACCEPT

    def clean(self, data: object, initial: object = None) -> Attachment | None:
        """Look into the file; no more of it is read than may be kept."""
        file: UploadedFile | None = super().clean(data, initial)
        if not file:
            return None
        try:
            return read(str(file.name or ""), file.read(MOST_BYTES + 1))
        except Refused as why:
            raise forms.ValidationError(str(why)) from None


def put(row: Attached, attachment: Attachment | None) -> None:
    """Keep the file and note it on the row, which is saved by the caller; None leaves the row as it is.

    An earlier file stays in the folder: the row's history still names it.
    """
    if attachment is None:
        return
    row.kept_name = ATTACHMENTS.keep(attachment.content, attachment.suffix)
    row.file_name = attachment.name
    row.file_size = len(attachment.content)
    row.file_sha256 = hashlib.sha256(attachment.content).hexdigest()


def download(row: Attached, *, by: User, request: HttpRequest) -> FileResponse:
    """The row's file, for a view that has found the row within the user's scope; the log gets its line."""
    path = ATTACHMENTS.path_of(row.kept_name)
    if path is None:
        raise Http404("没有附件，或附件已不在数据文件夹里。")
    audit.record(by=by, deed=Deed.EXPORT, target=f"附件：{row.file_name}", note=str(row), request=request)
    response = FileResponse(
        io.BytesIO(path.read_bytes()),  # at most MOST_BYTES; nothing stays open when a browser goes away
        as_attachment=True,
        filename=row.file_name,
        content_type=_TYPES.get(path.suffix, "application/octet-stream"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
