"""Uploaded proofs: what is kept, what is refused and in which words, and how a file goes out again."""

import io
import stat
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import ValidationError
from django.http import Http404
from django.test import RequestFactory
from PIL import Image, ImageFile, PngImagePlugin

from tests.factories import UserFactory
from township.attachments import keeping, reading
from township.attachments.keeping import ATTACHMENTS, AttachmentField
from township.choices import Deed
from township.models import AuditEvent

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


class Proof(SimpleNamespace):
    """A row that is never written: only its fields are needed."""

    kept_name = file_name = ""

    def __str__(self):
        return "2026年备案"


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def docx(text="青河乡党支部", **more):
    return zipped(**{"[Content_Types].xml": "<Types/>", "word/document.xml": f"<w:t>{text}</w:t>", **more})


def xlsx(text="青河乡", **more):
    parts = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
    return zipped(**{**parts, "xl/sharedStrings.xml": f"<t>{text}</t>", **more})


def picture(kind="JPEG", size=(40, 30), **saved):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("批复.pdf", PDF),
        ("批复.docx", docx()),
        ("名单.XLSX", xlsx()),
        ("批复.ofd", zipped(**{"OFD.xml": "<OFD/>"})),
    ],
)
def test_a_document_that_is_what_it_says_is_kept_byte_for_byte(name, data):
    found = reading.read(name, data)
    assert (found.name, found.content) == (Path(name).stem + Path(name).suffix.lower(), data)


def test_a_picture_is_drawn_anew_upright_without_place_text_or_what_hangs_behind():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    found = reading.read("现场.JPEG", picture(exif=exif) + b"PK\x03\x04<script>")
    drawn = Image.open(io.BytesIO(found.content))
    assert (found.name, drawn.format, drawn.size) == ("现场.jpg", "JPEG", (30, 40))
    assert dict(drawn.getexif()) == {}
    assert b"script" not in found.content

    told = PngImagePlugin.PngInfo()
    told.add_text("Location", "35.2N 104.6E")
    found = reading.read("截图.png", picture("PNG", pnginfo=told))
    assert b"35.2N" not in found.content
    assert Image.open(io.BytesIO(found.content)).format == "PNG"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("空.pdf", b"", "这个文件是空的（0 字节），请重新选择文件。"),
        ("大.pdf", PDF + b"0" * reading.MOST_BYTES, "文件超过 10 MB，请压缩或分开后再上传。"),
        ("程序.exe", b"MZ", "不接收.exe文件，只接收 .pdf、.docx、.xlsx、.ofd、.jpg、.png。"),
        ("无", PDF, "不接收没有扩展名的文件，只接收 .pdf、.docx、.xlsx、.ofd、.jpg、.png。"),
        ("图.svg", b"<svg/>", "不接收.svg文件，只接收 .pdf、.docx、.xlsx、.ofd、.jpg、.png。"),
        ("旧.doc", b"\xd0\xcf\x11\xe0", "不接收.doc文件，请用 Word 或 WPS 打开后另存为 .docx 再上传。"),
        ("宏.docm", docx(), "不接收.docm文件，不接收带宏的文件，请另存为不带宏的 .docx 再上传。"),
        ("网页.pdf", b"<html>", "扩展名是 .pdf，内容却是别的文件，请改回原来的扩展名再上传。"),
        ("半截.pdf", b"%PDF-1.7\n", "扩展名是 .pdf，内容却不是完整的 PDF，请重新导出或扫描后再上传。"),
        ("表.docx", xlsx(), "扩展名是 .docx，内容却是别的文件，请改回原来的扩展名再上传。"),
        ("包.ofd", docx(), "扩展名是 .ofd，内容却不是版式文件，请重新导出后再上传。"),
        (
            "锁.docx",
            b"\xd0\xcf\x11\xe0",
            "这个文件设了打开密码，或其实是旧格式，请去掉密码后另存为 .docx 再上传。",
        ),
        (
            "宏.docx",
            docx(**{"word/vbaProject.bin": "x"}),
            "不接收带宏的文件，请另存为不带宏的文件再上传。",
        ),
        ("控件.xlsx", xlsx(**{"xl/activeX/a.xml": "x"}), "不接收带控件的文件，请删去控件后再上传。"),
        ("坏.docx", b"PK\x03\x04" + b"0" * 50, "扩展名是 .docx，文件却打不开，请打开原文件另存一份再上传。"),
        (
            "密.docx",
            docx("机密</w:t><w:t>★1年"),
            "文件里有密级标志（★）。本系统是非涉密系统，不能存放涉密文件。",
        ),
        ("密.xlsx", xlsx("秘密★"), "文件里有密级标志（★）。本系统是非涉密系统，不能存放涉密文件。"),
        ("片.jpg", b"\xff\xd8\xff0000", "图片打不开或不完整，请重新拍照或截图后再上传。"),
        ("片.png", picture("PNG")[:60], "图片打不开或不完整，请重新拍照或截图后再上传。"),
        ("片.jpg", picture("PNG"), "扩展名是 .jpg，内容却是别的文件，请改回原来的扩展名再上传。"),
    ],
)
def test_what_is_refused_says_why_and_what_to_do(name, data, why, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    with pytest.raises(reading.Refused) as refusal:
        reading.read(name, data)
    assert str(refusal.value) == why


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    monkeypatch.setattr(reading, "MOST_UNPACKED", 10_000)
    with pytest.raises(reading.Refused, match="解开后太大"):
        reading.read("弹.docx", docx("0" * 20_000))
    monkeypatch.setattr(reading, "MOST_PIXELS", 1000)
    with pytest.raises(reading.Refused, match="图片太大"):
        reading.read("弹.png", picture("PNG"))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    with pytest.raises(reading.Refused, match="图片太大"):
        reading.read("弹.png", picture("PNG"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("..\\..\\C:\\批复.pdf", "批复.pdf"),
        ("/etc/批 复.pdf", "批 复.pdf"),
        ('批"复<1>\u202e\n.pdf', "批复1.pdf"),
        ("...pdf.pdf", "pdf.pdf"),
        ("..pdf", "附件.pdf"),
        ("长" * 200 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_the_senders_name_is_cleaned(sent, kept):
    assert reading.clean_name(sent, ".pdf") == kept


def test_the_field_gives_an_attachment_or_a_sentence():
    field = AttachmentField(required=False)
    assert field.clean(None) is None
    assert field.clean(SimpleUploadedFile("批复.pdf", PDF)).name == "批复.pdf"
    with pytest.raises(ValidationError) as refusal:
        field.clean(SimpleUploadedFile("批复.pdf", b"<html>"))
    assert refusal.value.messages == ["扩展名是 .pdf，内容却是别的文件，请改回原来的扩展名再上传。"]
    with pytest.raises(ValidationError) as refusal:
        AttachmentField().clean(None)
    assert refusal.value.messages == ["请选择要上传的文件。"]


def test_a_file_is_kept_for_the_owner_only_and_goes_out_as_a_logged_download(db, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path
    row, clerk = Proof(), UserFactory()
    keeping.put(row, None)
    assert row.file_name == ""
    keeping.put(row, reading.read("批复.pdf", PDF))
    path = ATTACHMENTS.path_of(row.kept_name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "批复" not in row.kept_name
    request = RequestFactory().get("/")
    response = keeping.download(row, by=clerk, request=request)
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content) == PDF
    response.file_to_stream.close()
    logged = AuditEvent.objects.get()
    assert (logged.user, logged.deed, logged.target) == (clerk, Deed.EXPORT, "附件：批复.pdf")

    path.unlink()
    with pytest.raises(Http404):
        keeping.download(row, by=clerk, request=request)


def test_a_full_disk_leaves_no_half_file(settings, tmp_path, monkeypatch):
    settings.UPLOAD_DIR = tmp_path

    def full(path, content):
        raise OSError(28, "disk full")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="disk full"):
        ATTACHMENTS.keep(PDF, ".pdf")
    assert list((tmp_path / "attachments").iterdir()) == []
