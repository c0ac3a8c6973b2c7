"""`manage.py allocate`: the neutral form in and out, and words for what is wrong with a file."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from liaison.allocation.exchange import read_instance
from liaison.allocation.instance import Instance
from reports.bench.villages import E1, E2, village


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


def test_the_same_file_gives_the_same_bytes(tmp_path):
    texts = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        run(folder, neutral(village(*E2)))
        texts.append((folder / "out.json").read_bytes())
    assert texts[0] == texts[1]


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
    assert run(tmp_path, neutral(village(*E2)), budget=10)["proved"] is False


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("{", "不是有效的 JSON"),
        ([], "应为一个对象"),
        ({"scope": "town"}, "scope"),
        ({"bands": {"low": 1, "high": 2}}, "hard 应为整数"),
        ({"bands": {"low": 3, "high": 2, "hard": 5}}, "比例区间"),
        ({"bands": {"low": 1, "high": 2, "hard": 3}, "holders": {}}, "holders 应为一个列表"),
        ({"bands": {"low": 1, "high": 2, "hard": 3}, "holders": [{"grid": "G"}]}, r"holders\[0\] 的 code"),
        (
            {"bands": {"low": 1, "high": 2, "hard": 3}, "targets": [{"code": "H", "grid": "G", "x": 1.5}]},
            r"targets\[0\] 的 x",
        ),
        ({"bands": {"low": 1, "high": 2, "hard": 3}, "weights": {"colour": 1}}, "weights"),
        ({"bands": {"low": 1, "high": 2, "hard": 3}, "forbidden": [["H"]]}, "forbidden"),
    ],
)
def test_a_bad_file_is_refused_in_words(tmp_path, data, word):
    with pytest.raises(CommandError, match=word):
        run(tmp_path, data)
    assert not (tmp_path / "out.json").exists()


def test_a_missing_file_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match="读不了"):
        call_command("allocate", input=tmp_path / "none.json", output=tmp_path / "out.json")
