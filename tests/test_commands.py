"""Commands answer what can't be done with a Chinese sentence and a status, never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import TownshipFactory
from township.models import Township

ROOT = Path(__file__).resolve().parents[1]
REFUSED = [
    (["create_township", "--code", "T01", "--name", "白河乡"], "代码 T01 已用于“青河乡”，请换一个代码。"),
    (["create_township", "--code", "T02", "--name", "青河乡"], "已有名为“青河乡”的乡镇，请核对代码。"),
    (["create_township", "--code", " ", "--name", "白河乡"], "代码为 1 到 12 个字，名称为 1 到 30 个字。"),
    (["verify_tree", "--township", "T09"], "没有代码为 T09 的乡镇。"),
    (["run_export", "999"], "没有编号为 999 的导出任务。"),
    (["bench", "--json", "/no/such/folder/x.json"], "没有这个文件夹：/no/such/folder。"),
    (["export_annexes", "--year", "26", "--out", "x"], "年度应写成四位数字，如 2026；收到的是 26。"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "sentence"), REFUSED)
def test_refusal_is_one_sentence(words, sentence):
    TownshipFactory(code="T01", name="青河乡")
    with pytest.raises(CommandError) as why:
        call_command(*words)
    assert (str(why.value), Township.objects.count()) == (sentence, 1)


def test_a_start_without_a_key_of_its_own_is_one_sentence(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TOWNSHIP_")}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**environment, "TOWNSHIP_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    sentence = "未设置 TOWNSHIP_SECRET_KEY：正式运行必须使用自己的密钥，系统拒绝启动。\n"
    assert (done.returncode, done.stderr) == (1, sentence)
