"""A portrait for a board: looked into like any attachment, drawn anew, cut to size."""

import io

from django import forms
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from township.attachments.reading import MOST_BYTES, Refused, read

SIZE = (480, 640)  # 45×60 mm at 270 dots an inch
SUFFIXES = (".jpg", ".jpeg", ".png")
_FACE = (0.5, 0.3)  # where the cut is taken from: heads are in the upper part


def portrait(name: str, data: bytes) -> bytes:
    """The picture upright, three to four, as JPEG without anything behind it. Raises Refused."""
    if not name.lower().endswith(SUFFIXES):
        raise Refused("照片只接收 .jpg、.png，请另存为其中一种再上传。")
    with Image.open(io.BytesIO(read(name, data).content)) as found:
        if min(found.size) < 120:
            raise Refused("照片太小（不足 120 像素），印出来看不清，请换一张。")
        plain = Image.new("RGB", found.size, "white")
        plain.paste(found, mask=found.getchannel("A") if found.mode == "RGBA" else None)
    out = io.BytesIO()
    ImageOps.fit(plain, SIZE, centering=_FACE).save(out, "JPEG", quality=85)
    return out.getvalue()


class PortraitField(forms.FileField):
    """One picture; its clean value is the JPEG to keep, or None when nothing was sent."""

    widget = forms.FileInput

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault(
            "error_messages",
            {
                "empty": "这个文件是空的（0 字节），请重新选择文件。",
                "invalid": "文件没有传上来，请重新选择。",
                "max_length": "文件名太长，请改短后再上传。",
            },
        )
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.widget.attrs["accept"] = ",".join(SUFFIXES)

    def clean(self, data: object, initial: object = None) -> bytes | None:
        """Look into the file; no more of it is read than may be kept."""
        file: UploadedFile | None = super().clean(data, initial)
        if not file:
            return None
        try:
            return portrait(str(file.name or ""), file.read(MOST_BYTES + 1))
        except Refused as why:
            raise forms.ValidationError(str(why)) from None
