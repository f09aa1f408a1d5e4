"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.entrypoints.spreadsheet import csv_text, harmless


def test_a_table_is_a_header_and_its_rows() -> None:
    text = csv_text(["day", "net"], [["2026-03-01", "8.99"], ["2026-03-02", "-1.50"]])

    assert text == "day,net\r\n2026-03-01,8.99\r\n2026-03-02,-1.50\r\n"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\tx", "\rx", " =1", "--1", "-", "-.", "-1.2.3"]
)
def test_what_a_spreadsheet_would_compute_is_shown_instead(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "8.99", "-8.99", "-0", "a=1", "Oat & Honey", "10-20"])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.lists(st.text(alphabet='ab=+-@\t\r\n,"'), min_size=2, max_size=2), max_size=5))
def test_whatever_is_written_is_read_again(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows), newline="")))

    assert read[1:] == [[harmless(cell) for cell in row] for row in rows]
