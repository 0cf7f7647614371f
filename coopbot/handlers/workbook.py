"""Sheets as an XLSX file: the only place that knows openpyxl."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from coopbot.views.ledger_sheets import Cell, Sheet

AMOUNT, INSTANT = "#,##0.00", "yyyy-mm-dd hh:mm:ss"
_TITLE_MOST = 31
"""Of a sheet, by Excel's own limit; and it takes none of these characters."""
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_WIDEST = 48


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """An XLSX file. Amounts are numbers of two decimals, instants are dates, every text is text and no formula."""
    book = Workbook()
    book.remove(book.active)
    taken: set[str] = set()
    for sheet in sheets:
        page = book.create_sheet(_title(sheet.title, taken))
        for column, heading in enumerate(sheet.headings, 1):
            cell = page.cell(1, column, heading)
            cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top", wrap_text=True)
        for number, row in enumerate(sheet.rows, 2):
            for column, value in enumerate(row, 1):
                _put(page.cell(number, column), value)
        page.freeze_panes = "A2"
        page.auto_filter.ref = page.dimensions
        for column in range(1, len(sheet.headings) + 1):
            texts = [sheet.headings[column - 1], *(_shown(row[column - 1]) for row in sheet.rows)]
            width = min(_WIDEST, max(map(_width, texts)) + 2)
            page.column_dimensions[get_column_letter(column)].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(cell: Any, value: Cell) -> None:
    match value:
        case datetime():
            cell.value, cell.number_format = value.replace(tzinfo=None, microsecond=0), INSTANT
        case Decimal():
            cell.value, cell.number_format = value, AMOUNT
        case str() if value:
            cell.value = value
            cell.data_type, cell.quotePrefix = "s", True
        case int():
            cell.value = value
        case _:
            pass


def _title(wanted: str, taken: set[str]) -> str:
    """Excel's titles are short and differ by more than their case."""
    plain = _NOT_IN_TITLES.sub(" ", wanted).strip().strip("'") or "-"
    title, number = plain[:_TITLE_MOST], 1
    while title.casefold() in taken:
        number += 1
        title = f"{plain[: _TITLE_MOST - len(str(number)) - 1]} {number}"
    taken.add(title.casefold())
    return title


def _shown(value: Cell) -> str:
    match value:
        case datetime():
            return "2026-11-23 10:00:00"
        case Decimal():
            return f"{value:,.2f}"
        case None:
            return ""
        case _:
            return str(value)


def _width(text: str) -> int:
    """In columns of a Latin digit; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
