"""The accountant's workbook, read back as a spreadsheet does: numbers, dates, and no formula whatever comes in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.domain.ledger import MOVEMENTS, LedgerEntry, PenaltyKind, PenaltyState, counter
from coopbot.domain.team import ShopKey
from coopbot.domain.work_order import OrderKey
from coopbot.handlers.ledger_file import content
from coopbot.handlers.workbook import workbook
from coopbot.services.export import COLUMNS
from coopbot.views.language import Catalogues
from coopbot.views.ledger_sheets import Sheet
from coopbot.views.text import clean
from tests.support.world import a_desk, shanghai

ZH, EN = (Catalogues(strict=True)[language] for language in ("zh-CN", "en"))
AT = shanghai("2026-11-23 17:00")
FINE = LedgerEntry(
    "penalty:jd:P-1", ShopKey("jd", "10001"), PenaltyKind.FINE, PenaltyState.ISSUED, AT, "2026-11",
    order=OrderKey("jd", "A-17"), amount=3050, ref="P-1", basis="issued",
)  # fmt: skip


def opened(entries: Sequence[LedgerEntry], t: Any = EN) -> Any:
    desk = a_desk(shop_names={ShopKey("jd", "10001"): "旗舰店"})
    return openpyxl.load_workbook(io.BytesIO(content("xlsx", entries, desk, t)))


def ledger(book: Any) -> Any:
    """The first sheet behind the summary."""
    return book.worksheets[1]


def row(page: Any, number: int) -> dict[str, Any]:
    return dict(zip(COLUMNS, (cell for cell in page[number]), strict=True))


def test_amounts_are_numbers_of_two_decimals_and_instants_are_dates() -> None:
    back = counter(FINE, AT + timedelta(days=1), "revoked")
    page = ledger(opened([FINE, back]))
    fine, taken_back = row(page, 2), row(page, 3)
    assert [cell["amount"].value for cell in (fine, taken_back)] == [30.5, -30.5]
    assert (fine["amount"].data_type, fine["amount"].number_format) == ("n", "#,##0.00")
    assert fine["at"].value == datetime(2026, 11, 23, 17, 0)
    assert fine["at"].is_date
    assert page["B1"].value == "Time (Asia/Shanghai)"
    assert (fine["kind"].value, taken_back["state"].value) == ("fine", "revoked")
    assert (fine["points"].value, fine["days"].value) == (None, None)


def test_the_headings_stay_in_sight_and_columns_are_as_wide_as_what_they_hold() -> None:
    page = ledger(opened([FINE], ZH))
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:R2")
    assert [cell.value for cell in page[1]][:4] == ["月份", "时间（Asia/Shanghai）", "店铺编号", "店铺"]
    assert page.column_dimensions["B"].width >= len("2026-11-23 10:00:00")
    assert row(page, 2)["kind"].value == "罚款"


def test_the_summary_has_a_row_a_month_shop_and_currency_of_what_stands() -> None:
    moved = {kind: replace(FINE, key=kind.value, kind=kind, amount=1000) for kind in MOVEMENTS}
    points = replace(FINE, key="p", kind=PenaltyKind.POINTS, amount=None, points=2)
    entries = [
        FINE, replace(FINE, key="x", amount=999), counter(replace(FINE, key="x", amount=999), AT, "revoked"),
        replace(FINE, key="guess", state=PenaltyState.PREDICTED, amount=77), points,
        replace(FINE, key="w", kind=PenaltyKind.WARNING, amount=None), *moved.values(),
        replace(FINE, key="usd", currency="USD", amount=1), replace(FINE, key="dec", month="2026-12", amount=5),
    ]  # fmt: skip
    page = opened(entries, ZH)["汇总"]
    assert [cell.value for cell in page[1]] == [
        "月份", "店铺编号", "店铺", "币种", "警告（次）", "分数",
        "有效罚款", "结算扣款", "已返还", "保证金扣款", "保证金充入",
    ]  # fmt: skip
    rows = [[cell.value for cell in line] for line in page.iter_rows(min_row=2)]
    assert rows == [
        ["2026-11", "jd:10001", "旗舰店", "CNY", 1, 2, 30.5, 10, 10, 10, 10],
        ["2026-11", "jd:10001", "旗舰店", "USD", 0, 0, 0.01, 0, 0, 0, 0],
        ["2026-12", "jd:10001", "旗舰店", "CNY", 0, 0, 0.05, 0, 0, 0, 0],
    ]
    assert (page["G2"].number_format, page["E2"].number_format, page.freeze_panes) == ("#,##0.00", "General", "A2")


def test_codes_are_words_in_the_reader_s_language() -> None:
    limits = replace(
        FINE, kind=PenaltyKind.MEASURE, track="serious", points=50, text="limits", basis="node", amount=None
    )
    found = row(ledger(opened([limits, replace(FINE, key="t", track="general")], ZH)), 2)
    assert [found[name].value for name in ("track", "measure", "basis")] == [
        "严重违规", "限制 14 天，违约金 3 万元", "扣分达到节点",
    ]  # fmt: skip


def test_a_sheet_for_each_shop_and_currency() -> None:
    other = replace(FINE, key="p2", shop=ShopKey("jd", "10002"))
    dollars = replace(FINE, key="p3", currency="SGD")
    book = opened([FINE, other, dollars, replace(FINE, key="p4")])
    assert [(page.title, page.max_row) for page in book] == [
        ("Summary", 4),
        ("旗舰店 CNY", 3),
        ("旗舰店 SGD", 2),
        ("10002 CNY", 2),
    ]
    assert [(page.title, page.max_row) for page in opened([])] == [("Summary", 1), ("Ledger", 1)]


@pytest.mark.parametrize("act", ["=", "+", "-", "@", "\t=", "\r="])
def test_nothing_runs_as_a_formula(act: str) -> None:
    evil = f"{act}cmd|' /C calc'!A0"
    book = opened([replace(FINE, ref=evil, text=evil, order=OrderKey("jd", evil))])
    found = row(ledger(book), 2)
    for name in ("penalty_no", "measure", "work_order_no"):
        assert (found[name].data_type, found[name].value, found[name].quotePrefix) == ("s", evil.strip(), True)
    assert b"<f>" not in _parts(content("xlsx", [replace(FINE, ref=evil)], a_desk(), EN))


def test_titles_that_excel_does_not_take_are_mended() -> None:
    long = "一家名字很长很长很长很长很长很长很长很长很长很长很长的店"
    titles = ["a/b [1]: *?", f"{long} CNY", f"{long} cny", "'", "x", "X"]
    book = openpyxl.load_workbook(io.BytesIO(workbook(Sheet(each, ("h",), ()) for each in titles)))
    assert book.sheetnames == ["a b  1", f"{long} CNY"[:31], f"{long} CNY"[:29] + " 2", "-", "x", "X 2"]


@given(fen=st.integers(-(10**14), 10**14))
def test_every_fen_comes_back(fen: int) -> None:
    amount = Decimal(fen).scaleb(-2)
    book = openpyxl.load_workbook(io.BytesIO(workbook([Sheet("x", ("amount",), ((amount,),))])))
    assert Decimal(repr(book.active["A2"].value)) == amount


@settings(deadline=None, max_examples=40)
@given(text=st.text(max_size=40))
def test_any_text_can_be_written(text: str) -> None:
    desk = a_desk(shop_names={FINE.shop: text})
    book = openpyxl.load_workbook(io.BytesIO(content("xlsx", [replace(FINE, ref=text, text=text)], desk, EN)))
    assert (row(ledger(book), 2)["penalty_no"].value or "") == clean(text)


def _parts(file: bytes) -> bytes:
    with ZipFile(io.BytesIO(file)) as parts:
        return b"".join(parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets"))
