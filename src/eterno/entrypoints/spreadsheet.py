"""Tables for spreadsheets: CSV that is opened as data, never run as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell instead of showing it (OWASP, CSV injection)."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """RFC 4180: a header, then rows, each ended by CR LF. A cell that a spreadsheet would take for
    a formula gets an apostrophe before it; a plain negative number is left as it is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it and does not compute it."""
    if not cell.lstrip(" ").startswith(_STARTS_A_FORMULA) or _is_number(cell):
        return cell
    return f"'{cell}"


def _is_number(cell: str) -> bool:
    """Whether it is digits with a minus and a point, which computes to itself."""
    whole, _, part = cell.removeprefix("-").partition(".")
    digits = whole + part
    return whole != "" and digits.isascii() and digits.isdigit()
