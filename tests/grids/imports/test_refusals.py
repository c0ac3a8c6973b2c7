"""What is no roster ends in one Chinese sentence, quickly and in little memory, and the reader lives on."""

import re
import subprocess
import sys
import time

import pytest

from grids.imports.reading.result import Limits, Refused
from grids.imports.reading.rosters import read_roster
from tests.grids.imports import attacks


def give(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("case", sorted(attacks.REFUSED))
def test_refused_in_one_sentence(case, tmp_path):
    name, data, word = attacks.REFUSED[case]
    before = time.monotonic()
    with pytest.raises(Refused) as refusal:
        read_roster(give(tmp_path, name, data))
    message = str(refusal.value)
    assert time.monotonic() - before < 8
    assert word in message
    assert message.endswith("。")
    assert message.count("。") == 1
    assert not re.search(r"Error|Exception|Traceback|None", message)


MEASURE = """
import resource, sys
from pathlib import Path
from grids.imports.reading.rosters import Refused, read_roster
try:
    read_roster(Path(sys.argv[1]))
except Refused:
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


@pytest.mark.parametrize(
    "case", ["far corner without references", "string bomb", "lying directory", "zip bomb", "wide"]
)
def test_the_child_stays_small(case, tmp_path):
    """Measured from a small process: a child inherits the peak of the process that starts it."""
    wide = attacks.sheet_of(attacks.roster_rows() + '<row r="99000"><c r="DZ99000"><v>1</v></c></row>')
    data = wide if case == "wide" else attacks.REFUSED[case][1]
    path = give(tmp_path, "a.xlsx", data)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, check=True)
    assert int(done.stdout) < 300


def test_a_child_that_hangs_is_ended(tmp_path):
    path = give(tmp_path, "a.xlsx", attacks.workbook())
    with pytest.raises(Refused, match="内部结构异常"):
        read_roster(path, limits=Limits(seconds=0))


def test_million_blank_formatted_rows_below_a_roster_are_refused_or_read(tmp_path):
    """Within the limits they are read past; beyond them the sentence says what to delete."""
    body = attacks.roster_rows() + attacks.blank_rows(4, 200_000, 1)
    reading = read_roster(give(tmp_path, "a.xlsx", attacks.sheet_of(body)))
    assert [row.household for row in reading.rows] == ["王军", "赵兰"]
    body = attacks.roster_rows() + ("<row>" + '<c s="1"/>' * 10 + "</row>") * 1_000_000
    with pytest.raises(Refused, match="空白的带格式行"):
        read_roster(give(tmp_path, "b.xlsx", attacks.sheet_of(body)))


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_wrong_dimension_loses_no_row(name, tmp_path):
    assert len(read_roster(give(tmp_path, name, attacks.wrong_dimension())).rows) == 40


def test_strict_workbooks_are_read(tmp_path):
    assert len(read_roster(give(tmp_path, "a.xlsx", attacks.strict())).rows) == 2


def test_the_name_it_was_sent_under_counts(tmp_path):
    path = give(tmp_path, "upload.bin", attacks.workbook())
    assert len(read_roster(path, name="名册.xlsx").rows) == 2
    with pytest.raises(Refused, match="宏"):
        read_roster(path, name="名册.xlsm")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_encodings_and_separators(encoding, mark, tmp_path):
    lines = [attacks.HEADER, *attacks.ROWS * 4]
    text = "\r\n".join(mark.join(str(cell) for cell in line) for line in lines)
    reading = read_roster(give(tmp_path, "a.csv", text.replace("王军", "王𠮷").encode(encoding)))
    assert {row.household for row in reading.rows} == {"王𠮷", "赵兰"}
