"""`manage.py allocate`: the neutral form in and out, and words for what is wrong with a file."""

import json
import random
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from liaison.allocation.exchange import read_instance
from liaison.allocation.instance import Band, Holder, Instance, Scope, Target, Weights
from reports.bench.villages import E1, E2, village

ROOT = Path(__file__).resolve().parents[3]


def neutral(instance: Instance) -> dict:
    """An instance as a file would say it."""
    return {
        "scope": instance.scope.value,
        "bands": vars(instance.band),
        "weights": vars(instance.weights),
        "holders": [
            {"code": h.code, "grid": h.grid, "x": h.x, "y": h.y, "able": h.able} for h in instance.holders
        ],
        "targets": [
            {name: getattr(t, name) for name in ("code", "grid", "x", "y", "current", "relative", "pin")}
            for t in instance.targets
        ],
    }


def run(folder: Path, data: object, **options: int) -> dict:
    source, target = folder / "in.json", folder / "out.json"
    source.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    call_command("allocate", input=source, output=target, stdout=StringIO(), **options)
    return json.loads(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("instance", "expected"),
    [(village(*E1), (0, 0, 0, 0, 48012)), (village(*E2), (0, 0, 77, 43, 44393))],
    ids=["E1", "E2"],
)
def test_known_instances(tmp_path, instance, expected):
    found = run(tmp_path, neutral(instance))
    assert (
        tuple(found["objective"][name] for name in ("uncovered", "over", "cross", "under", "soft"))
        == expected
    )
    assert found["proved"] is True
    assert found["links"].keys() == {target.code for target in instance.targets}
    moved = [t.current is not None and t.current != found["links"][t.code] for t in instance.targets]
    assert found["changed"] + found["released"] == sum(moved)
    assert found["kept"] + found["changed"] + found["new"] + found["released"] == len(instance.targets) - sum(
        t.current is None and found["links"][t.code] is None for t in instance.targets
    )


def test_rows_in_any_order_give_the_same_bytes(tmp_path):
    data = neutral(village(*E2, "grid"))
    dice = random.Random(4)
    texts = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        run(folder, data)
        texts.append((folder / "out.json").read_bytes())
        for rows in ("holders", "targets"):
            dice.shuffle(data[rows])
            data[rows] = [dict(sorted(row.items(), key=lambda _: dice.random())) for row in data[rows]]
    assert texts[0] == texts[1]
    assert "可选：①由G03跨网格承担77户；②本网格9人超额，每人约24户（个别25户）；③77户暂列“待落实”。" in (
        texts[0].decode()
    )


def test_another_process_gives_the_same_bytes():
    """Sets and their hashes differ from process to process; nothing that is written may."""
    script = (
        "import json; from reports.bench.villages import village, E2;"
        "from liaison.allocation.engine import allocate; from liaison.allocation.exchange import answer;"
        "i = village(*E2, 'grid'); print(json.dumps(answer(i, allocate(i))))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_reading_gives_back_what_was_written():
    assert read_instance(neutral(village(*E1))) == village(*E1)


def test_personal_bands_and_forbidden_pairs(tmp_path):
    data = {
        "scope": "grid",
        "bands": {"low": 1, "high": 2, "hard": 3},
        "holders": [
            {"code": "M1", "grid": "G", "x": 0, "y": 0, "able": True, "low": 0, "high": 0, "hard": 0},
            {"code": "M2", "grid": "G", "x": 0, "y": 0, "able": True},
        ],
        "targets": [{"code": "H1", "grid": "G", "x": 0, "y": 0}, {"code": "H2", "grid": "G", "x": 0, "y": 0}],
        "forbidden": [["H2", "M2"]],
    }
    found = run(tmp_path, data)
    assert found["links"] == {"H1": "M2", "H2": None}
    assert found["explanations"][0]["kind"] == "short"


def test_a_budget_ends_it_unproved(tmp_path):
    found = run(tmp_path, neutral(village(*E2)), budget=10)
    assert found["proved"] is False
    assert found["objective"]["uncovered"] == 0
    assert not any("可选" in why["text"] for why in found["explanations"])


# --- what a file may leave out, and what it may not say -------------------------------------------------

PLAIN = {"holders": [{"code": "M1", "grid": "G"}], "targets": [{"code": "H1", "grid": "G"}]}


def test_what_is_left_out_or_null_has_its_usual_value():
    short = read_instance(PLAIN)
    assert (short.scope, short.band, short.weights) == (
        Scope.VILLAGE,
        Band(10, 15, 30),
        Weights(60, 40, 2, 0),
    )
    assert short.holders == (Holder("M1", "G", 0, 0, able=True, band=None),)
    none: dict = {"scope": None, "bands": None, "weights": None, "forbidden": []}
    empty = {"x": None, "y": None, "able": None, "low": None, "high": None, "hard": None}
    blank = {"x": None, "y": None, "current": None, "relative": "", "pin": None}
    long = none | {
        "holders": [PLAIN["holders"][0] | empty],
        "targets": [PLAIN["targets"][0] | blank],
    }
    assert read_instance(long) == short


def test_weights_given_in_part_keep_the_rest():
    assert read_instance({**PLAIN, "weights": {"change": 5}}).weights == Weights(5, 40, 2, 0)


def test_whole_numbers_may_be_written_as_fractions_and_codes_as_numbers():
    data = {
        "bands": {"low": 1.0, "high": 2.0, "hard": 3.0},
        "holders": [{"code": 7, "grid": 1, "x": 10.0, "able": 1}],
        "targets": [{"code": "H1", "grid": "1", "y": -5.0, "current": 7}],
    }
    found = read_instance(data)
    assert found.holders == (Holder("7", "1", 10, 0),)
    assert found.targets == (Target("H1", "1", 0, -5, current="7"),)
    assert found.band == Band(1, 2, 3)


def test_a_personal_band_takes_the_rest_from_the_general_one(tmp_path):
    """Even if it then stands across it: at most 5 where everybody should have 10."""
    targets = [{"code": f"H{i}", "grid": "G"} for i in range(7)]
    found = run(tmp_path, {"holders": [{"code": "M1", "grid": "G", "high": 5}], "targets": targets})
    assert found["objective"] == {"uncovered": 0, "over": 2, "cross": 0, "under": 3, "soft": 98}


def test_a_contact_who_is_not_on_the_list_any_more_counts_as_unable(tmp_path):
    target = {"code": "H1", "grid": "G", "current": "Gone", "relative": "Gone"}
    found = run(tmp_path, {**PLAIN, "targets": [target]})
    assert found["objective"]["soft"] == 2
    assert (found["links"], found["changed"]) == ({"H1": "M1"}, 1)


def test_names_that_mean_nothing_are_told(tmp_path):
    source, told = tmp_path / "in.json", StringIO()
    source.write_text(json.dumps({**PLAIN, "wieghts": {}, "weights": {"chnage": 1}}), encoding="utf-8-sig")
    call_command("allocate", input=source, output=tmp_path / "out.json", stdout=StringIO(), stderr=told)
    assert told.getvalue().strip() == "没有用到：wieghts、weights.chnage。"
    assert (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("{", "不是有效的 JSON"),
        ("[" * 100_000, "不是有效的 JSON"),
        ([], "应为一个对象"),
        ({"scope": "town"}, "scope"),
        ({"targets": []}, "缺少 holders"),
        ({"holders": [], "targets": None}, "targets 应为一个列表"),
        ({**PLAIN, "bands": {"low": 1, "high": 2}}, "bands 的 hard 应为整数。"),
        ({**PLAIN, "bands": {"low": 3, "high": 2, "hard": 5}}, "比例区间应满足"),
        ({**PLAIN, "bands": {"low": -1, "high": 2, "hard": 5}}, "负数"),
        ({**PLAIN, "bands": {"low": "1", "high": 2, "hard": 5}}, "现为 1"),
        ({**PLAIN, "weights": {"change": 0.5}}, "weights 的 change 应为整数，现为 0.5"),
        ({**PLAIN, "weights": {"change": -1}}, "权重不能是负数"),
        ({**PLAIN, "weights": []}, "weights 应为一个对象"),
        ({**PLAIN, "holders": {}}, "holders 应为一个列表"),
        ({**PLAIN, "holders": [{"grid": "G"}]}, r"holders\[0\] 的 code"),
        ({**PLAIN, "holders": [{"code": "M", "grid": " "}]}, r"holders\[0\] 的 grid"),
        ({**PLAIN, "holders": [{"code": "M", "grid": "G", "able": "否"}]}, r"holders\[0\] 的 able"),
        ({**PLAIN, "holders": [{"code": "M", "grid": "G", "low": 3, "hard": 2}]}, r"holders\[0\] 的比例区间"),
        ({**PLAIN, "holders": PLAIN["holders"] * 2}, "包联人编号“M1”出现了两次"),
        (
            {**PLAIN, "targets": [{"code": "H", "grid": "G", "x": 1.5}]},
            r"targets\[0\] 的 x 应为整数，现为 1.5",
        ),
        ({**PLAIN, "targets": [{"code": "H", "grid": "G", "x": True}]}, r"targets\[0\] 的 x"),
        ({**PLAIN, "targets": [{"code": "H", "grid": "G", "y": float("nan")}]}, r"targets\[0\] 的 y"),
        ({**PLAIN, "targets": [{"code": "H", "grid": "G", "pin": "X"}]}, "指定的“X”不在包联人名单里"),
        ({**PLAIN, "targets": [{"code": "\ud800", "grid": "G"}]}, "半个代理对"),
        ({**PLAIN, "forbidden": [["H"]]}, r"forbidden\[0\]"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path, data, word):
    (tmp_path / "out.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CommandError, match=word):
        run(tmp_path, data)
    assert (tmp_path / "out.json").read_text(encoding="utf-8") == "{}"


def test_a_file_that_cannot_be_read_or_written_is_told_in_words(tmp_path):
    with pytest.raises(CommandError, match="读不了"):
        call_command("allocate", input=tmp_path / "none.json", output=tmp_path / "out.json")
    source = tmp_path / "in.json"
    source.write_text(json.dumps(PLAIN), encoding="utf-8")
    for nowhere in (tmp_path / "none" / "out.json", tmp_path):
        with pytest.raises(CommandError, match="写不了"):
            call_command("allocate", input=source, output=nowhere)


def test_a_disk_that_is_full_leaves_the_old_answer(tmp_path, monkeypatch):
    def no_space(path: Path, text: str, encoding: str) -> None:
        path.write_bytes(text.encode(encoding)[:10])
        raise OSError(28, "No space left on device")

    source, target = tmp_path / "in.json", tmp_path / "out.json"
    source.write_text(json.dumps(PLAIN), encoding="utf-8")
    target.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(Path, "write_text", no_space)
    with pytest.raises(CommandError, match="写不了"):
        call_command("allocate", input=source, output=target)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "in.json": json.dumps(PLAIN).encode(),
        "out.json": b"{}",
    }
