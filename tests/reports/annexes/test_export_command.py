"""manage.py export_annexes: names, whole files, and errors a clerk can act on."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests.factories import TownshipFactory
from township.choices import Deed
from township.models import AuditEvent


def run(out, *args):
    text = io.StringIO()
    call_command("export_annexes", "--year", "2026", "--out", str(out), *args, stdout=text)
    return text.getvalue().splitlines()


def test_all_annexes_in_both_formats(town, tmp_path):
    lines = run(tmp_path / "2026")
    names = sorted(file.name for file in (tmp_path / "2026").iterdir())
    assert names == sorted(f"青河乡_附件{n}_2026.{s}" for n in (1, 2, 3, 4) for s in ("xlsx", "pdf"))
    assert len(lines) == 8
    assert lines[-1] == f"{tmp_path / '2026' / '青河乡_附件4_2026.pdf'}　22 行"
    assert AuditEvent.objects.filter(deed=Deed.EXPORT, who="系统命令").count() == 8


def test_supplementary_rosters_come_when_asked_for(town, tmp_path):
    lines = run(tmp_path, "--supplementary", "--format", "xlsx", "--annex", "3")
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == [f"青河乡_{label}_2026.xlsx" for label in ("补表1", "补表2", "补表3", "附件3")]
    assert [line.rpartition("　")[2] for line in lines[1:]] == ["2 行", "1 行", "4 行"]


def test_one_branch_one_format(town, tmp_path):
    run(tmp_path, "--root", "东坡村党支部", "--format", "xlsx", "--annex", "4")
    assert [file.name for file in tmp_path.iterdir()] == ["青河乡_东坡村党支部_附件4_2026.xlsx"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--root", "没有的党支部"], "青河乡没有名为“没有的党支部”的党总支或党支部。"),
        (["--format", "doc"], "不认识的格式：doc（可选：xlsx、pdf）。"),
        (["--annex", "7"], "不认识的附件号：7（可选：1、2、3、4）。"),
        (["--township", "X9"], "没有代码为“X9”的乡镇。"),
    ],
)
def test_errors_say_what_to_do(town, tmp_path, args, message):
    with pytest.raises(CommandError) as why:
        run(tmp_path, *args)
    assert str(why.value) == message
    assert list(tmp_path.iterdir()) == []


def test_two_townships_must_be_told_apart(town, tmp_path):
    TownshipFactory(code="T02", name="白河乡")
    with pytest.raises(CommandError) as why:
        run(tmp_path)
    assert str(why.value) == "有多个乡镇，请用 --township 指明一个：T01（青河乡）、T02（白河乡）。"


def test_no_township_yet(db, tmp_path):
    with pytest.raises(CommandError) as why:
        run(tmp_path)
    assert str(why.value).startswith("还没有乡镇。")


def test_folder_that_cannot_be_made(town, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError) as why:
        run(tmp_path / "file" / "below")
    assert str(why.value).startswith("不能建立文件夹：")
