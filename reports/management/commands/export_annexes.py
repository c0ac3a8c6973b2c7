"""Write the annexes of a year into a folder, as workbooks and PDFs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grids.choices import ROOT_KINDS
from grids.models import Node
from reports.annexes import files
from reports.annexes.actions import leaving, words
from reports.annexes.registry import ANNEXES, PRINTABLE, SUPPLEMENTARY, Annex, Built, Order
from reports.choices import Paper, PrintMode
from reports.exportlog.actions import issue
from reports.exportlog.rules import foot_of
from township.models import Township

FORMATS = ("xlsx", "pdf")


class Command(BaseCommand):
    """`manage.py export_annexes --year 2026 --out DIR [--root NAME] [--supplementary]`."""

    help = "把附件1–4写成 Excel 和 PDF 文件，文件名为 乡_附件N_年。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, which year, of whom."""
        parser.add_argument("--year", type=int, required=True, help="年度，如 2026")
        parser.add_argument("--out", type=Path, required=True, help="存放文件的文件夹，没有就新建")
        parser.add_argument("--township", help="乡镇代码；只有一个乡镇时可以不写")
        parser.add_argument("--root", help="只导出这个党总支或党支部（写全名）")
        parser.add_argument("--format", default="xlsx,pdf", help="xlsx、pdf，或用逗号连写（默认两种都要）")
        parser.add_argument("--annex", default="1,2,3,4", help="附件号，用逗号连写（默认全部）")
        parser.add_argument(
            "--supplementary", action="store_true", help="再加补表1–3（乡领导、总支班子、党小组长）"
        )
        parser.add_argument("--mode", default=PrintMode.PLAIN, choices=PrintMode.values, help="PDF 版式")
        parser.add_argument("--paper", default=Paper.A3, choices=Paper.values, help="附件1 的纸张")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files one after another; each is whole or not there."""
        if not 2000 <= options["year"] <= 2100:
            raise CommandError(f"年度应写成四位数字，如 2026；收到的是 {options['year']}。")
        formats = _listed(options["format"], FORMATS, "格式")
        numbers = _listed(options["annex"], tuple(str(number) for number in ANNEXES), "附件号")
        if options["supplementary"]:
            numbers += [str(number) for number in SUPPLEMENTARY]
        out = _folder(options["out"])
        township = _township(options["township"])
        now = timezone.localtime()
        order = Order(
            township=township,
            year=options["year"],
            today=now.date(),
            organisation=_organisation(township, options["root"]),
            paper=options["paper"],
            exported=f"{now:%Y-%m-%d %H:%M}",
        )
        for number in numbers:
            for line in self._write(order, int(number), formats, out, options["mode"]):
                self.stdout.write(line)

    def _write(self, order: Order, number: int, formats: list[str], out: Path, mode: files.Mode) -> list[str]:
        annex = PRINTABLE[number]
        built = annex.build(order)
        lines = []
        for suffix in formats:
            path = out / files.year_file_name(annex, order, suffix)
            try:
                self._write_one(annex, order, built, path, mode)
            except files.NotPrintable as why:
                raise CommandError(f"{annex.label}：{why}") from why
            except OSError as why:
                raise CommandError(f"文件写不进去：{path}（{why.strerror or '磁盘或权限问题'}）。") from why
            lines.append(f"{path}　{built.rows} 行")
        return lines

    def _write_one(self, annex: Annex, order: Order, built: Built, path: Path, mode: files.Mode) -> None:
        """The line in the log, and then the file."""
        suffix = path.suffix[1:]
        asked = replace(leaving(annex, order, built, suffix=suffix), name=path.name)
        text = words(asked, annex, None)
        kept = files.keep_pdf(built.sheets, mode=mode).path if suffix == "pdf" else None

        def make(serial: str) -> bytes:
            if kept is None:
                return files.workbook(built.sheets, watermark=text, mark=foot_of(serial))
            return files.stamped(kept, text, foot_of(serial))

        content = issue(asked, make, by=None).content.getvalue()
        files.write_whole(path, lambda to: to.writelines([content]))


def _listed(text: str, known: tuple[str, ...], what: str) -> list[str]:
    found = [part for part in text.replace("，", ",").replace(" ", "").split(",") if part]
    wrong = [part for part in found if part not in known]
    if wrong or not found:
        raise CommandError(f"不认识的{what}：{'、'.join(wrong) or text}（可选：{'、'.join(known)}）。")
    return list(dict.fromkeys(found))


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise CommandError(f"不能建立文件夹：{path}。请检查路径和权限。") from why
    return path


def _township(code: str | None) -> Township:
    found = list(Township.objects.order_by("code"))
    if code:
        for township in found:
            if township.code == code:
                return township
        raise CommandError(f"没有代码为“{code}”的乡镇。")
    if not found:
        raise CommandError("还没有乡镇。请先运行：manage.py create_township --code 代码 --name 名称")
    if len(found) > 1:
        names = "、".join(f"{township.code}（{township.name}）" for township in found)
        raise CommandError(f"有多个乡镇，请用 --township 指明一个：{names}。")
    return found[0]


def _organisation(township: Township, name: str | None) -> Node | None:
    if not name:
        return None
    rows = Node.objects.open().filter(township=township, kind__in=ROOT_KINDS, name=name)
    found = sorted(rows, key=lambda node: (node.parent_id is not None, node.pk))
    if not found:
        raise CommandError(f"{township.name}没有名为“{name}”的党总支或党支部。")
    if len(found) > 1 and found[0].parent_id is not None:
        raise CommandError(f"{township.name}有几个名为“{name}”的党支部，请改用它们上级党总支的名称。")
    return found[0]
