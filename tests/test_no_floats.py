"""Money and points are whole numbers: no float, no true division in what counts them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import coopbot

ROOT = Path(coopbot.__file__).parent
OF_MONEY = (
    *("domain/account.py", "domain/amounts.py", "domain/appeals.py", "domain/balance.py", "domain/deadline.py"),
    *("domain/deposit.py", "domain/facts.py", "domain/ledger.py", "domain/matching.py", "domain/penalty.py"),
    *("domain/penalty_rules.py", "domain/periods.py", "domain/settlement.py", "domain/tracks.py"),
    *("domain/sensitive.py", "domain/typed.py"),
    *("services/appeal_kit.py", "services/appeals.py", "services/deadlines.py", "services/deposits.py"),
    *("services/exposure.py", "services/export.py", "services/money.py", "services/outage_decision.py"),
    *(
        "services/platform_money.py",
        "services/risk.py",
        "services/settlements.py",
        "services/telling.py",
        "store/ledger.py",
    ),
    *("handlers/ledger_file.py", "handlers/workbook.py", "views/ledger_sheets.py"),
    *("views/account.py", "views/glance.py", "views/news.py", "views/penalty.py"),
)


def faults(source: str) -> list[str]:
    """Where a float comes from: a literal, its name, a true division."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{node.lineno}: {node.value}")
        if isinstance(node, ast.Name) and node.id in ("float", "round"):
            found.append(f"{node.lineno}: {node.id}")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            found.append(f"{node.lineno}: /")
        if isinstance(node, ast.Attribute) and node.attr == "total_seconds":
            found.append(f"{node.lineno}: total_seconds")
    return found


@pytest.mark.parametrize("path", OF_MONEY)
def test_no_float_counts_money(path: str) -> None:
    assert faults((ROOT / path).read_text(encoding="utf-8")) == []


def test_the_lint_sees_floats() -> None:
    assert faults("a = 1.5\nb = float(1)\nc = 1 / 2\nd = round(1)\ne = x.total_seconds()") != []
    assert faults("a = 3 // 2\nb = 'a/b'") == []
