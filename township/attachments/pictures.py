"""Pictures for our pages: looked into like any attachment, drawn anew, cut or shrunk to size."""

import io
from collections.abc import Callable

from django import forms
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps

from township.attachments.reading import MOST_BYTES, Refused, read

SUFFIXES = (".jpg", ".jpeg", ".png")
PORTRAIT = (480, 640)  # 45×60 mm at 270 dots an inch
_FACE = (0.5, 0.3)  # where the cut is taken from: heads are in the upper part
LONGEST_SIDE = 1280  # of a photo: a notice or a broken pipe can be read on it
Draw = Callable[[str, bytes], bytes]


def _opened(name: str, data: bytes) -> Image.Image:
    """Upright, on white, without what a camera writes behind its pictures. Raises Refused."""
    if not name.lower().endswith(SUFFIXES):
        raise Refused("照片只接收 .jpg、.png，请另存为其中一种再上传。")
    with Image.open(io.BytesIO(read(name, data).content)) as found:
        if min(found.size) < 120:
            raise Refused("照片太小（不足 120 像素），看不清，请换一张。")
        plain = Image.new("RGB", found.size, "white")
        plain.paste(found, mask=found.getchannel("A") if found.mode == "RGBA" else None)
    return plain


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def portrait(name: str, data: bytes) -> bytes:
    """Somebody's picture for a board, three to four, as JPEG. Raises Refused."""
    return _as_jpeg(ImageOps.fit(_opened(name, data), PORTRAIT, centering=_FACE), 85)


def photo(name: str, data: bytes) -> bytes:
    """What was seen on a visit, whole, its longer side at most LONGEST_SIDE, as JPEG. Raises Refused."""
    picture = _opened(name, data)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _as_jpeg(picture, 75)


class PictureField(forms.FileField):
    """One picture; its clean value is the JPEG to keep, or None when nothing was sent."""

    widget = forms.FileInput

    def __init__(self, draw: Draw, **kwargs: object) -> None:
        self.draw = draw
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault(
            "error_messages",
            {
                "required": "请选择照片。",
                "missing": "请选择照片。",
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
            return self.draw(str(file.name or ""), file.read(MOST_BYTES + 1))
        except Refused as why:
            raise forms.ValidationError(str(why)) from None
