"""What an uploaded file really is, by its ending and its first bytes together; macros and bombs refused."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from PIL import Image, ImageFile, ImageOps

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ENTRIES = 2000
MOST_PIXELS = 25_000_000  # 75 MB while a picture is drawn anew
LONGEST_NAME = 80
MARK = re.compile(r"[秘机绝]密\s*★")  # the mark of a state secret, which this system may not hold


class Refused(Exception):
    """The file is not kept; the message is one Chinese sentence for the clerk."""


@dataclass(frozen=True)
class Attachment:
    """A file that may be kept: its cleaned name, the ending it is kept under, its content."""

    name: str
    suffix: str
    content: bytes


# --- one reader for each ending -----------------------------------------------------------------------


def _pdf(data: bytes) -> bytes:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise Refused("扩展名是 .pdf，内容却不是完整的 PDF，请重新导出或扫描后再上传。")
    return data


def _parts(data: bytes, suffix: str) -> zipfile.ZipFile:
    """The zip directory, looked at before anything is unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise Refused(f"扩展名是 {suffix}，文件却打不开，请打开原文件另存一份再上传。") from None
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused("文件解开后太大，请删去无关的图片和内容后再上传。")
    return archive


def _office(data: bytes, suffix: str, main: str) -> bytes:
    with _parts(data, suffix) as archive:
        names = {entry.filename.lower() for entry in archive.infolist()}
        if main not in names or "[content_types].xml" not in names:
            raise Refused(f"扩展名是 {suffix}，内容却是别的文件，请改回原来的扩展名再上传。")
        if any("vba" in name or "macrosheet" in name or "jsaproject" in name for name in names):
            raise Refused("不接收带宏的文件，请另存为不带宏的文件再上传。")
        if any(name.startswith(("word/activex/", "xl/activex/")) for name in names):
            raise Refused("不接收带控件的文件，请删去控件后再上传。")
        if MARK.search(_words(archive, main)):
            raise Refused("文件里有密级标志（★）。本系统是非涉密系统，不能存放涉密文件。")
    return data


def _words(archive: zipfile.ZipFile, main: str) -> str:
    """The document's own words without their markup; a workbook keeps most of its in one part."""
    wanted = {main, "xl/sharedstrings.xml"}
    try:
        found = [
            archive.read(entry).decode("utf-8", "ignore")
            for entry in archive.infolist()
            if entry.filename.lower() in wanted
        ]
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError):
        raise Refused("文件已损坏或设了密码，请打开原文件另存一份再上传。") from None
    return re.sub(r"<[^>]*>", "", "".join(found))


def _docx(data: bytes) -> bytes:
    return _office(data, ".docx", "word/document.xml")


def _xlsx(data: bytes) -> bytes:
    return _office(data, ".xlsx", "xl/workbook.xml")


def _ofd(data: bytes) -> bytes:
    with _parts(data, ".ofd") as archive:
        if "ofd.xml" not in {entry.filename.lower() for entry in archive.infolist()}:
            raise Refused("扩展名是 .ofd，内容却不是版式文件，请重新导出后再上传。")
    return data


def _picture(data: bytes) -> bytes:
    """Drawn anew: the place where it was taken and whatever hangs behind the picture stay out."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint switches it on for the whole process
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Refused("图片太大（超过 2500 万像素），请缩小后再上传。")
            kind = "PNG" if found.format == "PNG" else "JPEG"
            upright = ImageOps.exif_transpose(found)
            see_through = kind == "PNG" and upright.has_transparency_data
            drawn = upright.convert("RGBA" if see_through else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("图片太大（超过 2500 万像素），请缩小后再上传。") from None
    except (OSError, ValueError, SyntaxError, EOFError):  # what Pillow raises for a broken picture
        raise Refused("图片打不开或不完整，请重新拍照或截图后再上传。") from None
    drawn.info.clear()
    out = io.BytesIO()
    drawn.save(out, kind, quality=88)
    return out.getvalue()


_READERS: Mapping[str, Callable[[bytes], bytes]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
    ".ofd": _ofd,
    ".jpg": _picture,
    ".jpeg": _picture,
    ".png": _picture,
}
_BEGINNINGS: Mapping[str, bytes] = {
    ".pdf": b"%PDF-",
    ".docx": b"PK\x03\x04",
    ".xlsx": b"PK\x03\x04",
    ".ofd": b"PK\x03\x04",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
}
_INSTEAD: Mapping[str, str] = {
    ".doc": "请用 Word 或 WPS 打开后另存为 .docx 再上传。",
    ".wps": "请用 WPS 打开后另存为 .docx 再上传。",
    ".xls": "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
    ".et": "请用 WPS 打开后另存为 .xlsx 再上传。",
    ".docm": "不接收带宏的文件，请另存为不带宏的 .docx 再上传。",
    ".xlsm": "不接收带宏的文件，请另存为不带宏的 .xlsx 再上传。",
    ".heic": "请在手机上把照片另存为 JPG 再上传。",
    ".zip": "压缩包请解开，一次上传一个文件。",
    ".rar": "压缩包请解开，一次上传一个文件。",
}
TAKEN = "、".join(suffix for suffix in _READERS if suffix != ".jpeg")
ACCEPT = ",".join(_READERS)
_OLE = b"\xd0\xcf\x11\xe0"


def read(name: str, data: bytes) -> Attachment:
    """The file as it may be kept. Raises Refused."""
    if not data:
        raise Refused("这个文件是空的（0 字节），请重新选择文件。")
    if len(data) > MOST_BYTES:
        raise Refused(f"文件超过 {MOST_BYTES // 1048576} MB，请压缩或分开后再上传。")
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        raise Refused(f"不接收{suffix or '没有扩展名的'}文件，{_INSTEAD.get(suffix, f'只接收 {TAKEN}。')}")
    if data.startswith(_OLE) and suffix in {".docx", ".xlsx"}:
        raise Refused(f"这个文件设了打开密码，或其实是旧格式，请去掉密码后另存为 {suffix} 再上传。")
    if not data.startswith(_BEGINNINGS[suffix]):
        raise Refused(f"扩展名是 {suffix}，内容却是别的文件，请改回原来的扩展名再上传。")
    kept_as = ".jpg" if suffix == ".jpeg" else suffix
    return Attachment(clean_name(name, kept_as), kept_as, reader(data))


def clean_name(name: str, suffix: str) -> str:
    """The sender's own name without folders, signs that break a file name, and unseen letters."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    seen = "".join(letter for letter in stem if letter.isprintable() and letter not in '<>:"/\\|?*')
    return f"{seen.strip('. ')[:LONGEST_NAME] or '附件'}{suffix}"
