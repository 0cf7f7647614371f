"""Money and points are whole numbers: no float and no true division anywhere, save where seconds are measured."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import Float, Numeric

import coopbot
from coopbot.store import tables

ROOT = Path(coopbot.__file__).parent
ELSEWHERE = ("sandbox", "demo", "slack", "delivery")
"""Rooms that carry messages or play the other side: they see money as text that is written already."""
SECONDS = "seconds that something may take"
SPANS = "a share of a length of time"
MEASURED = {
    "app.py": SECONDS,
    "clock.py": SECONDS,
    "config/checks.py": "how alike two words are",
    "config/environment.py": SECONDS,
    "config/settings.py": SECONDS,
    "domain/approval_steps.py": SPANS,
    "domain/claim_expiry.py": SPANS,
    "domain/intent.py": SECONDS,
    "domain/promise_steps.py": SPANS,
    "errors.py": SECONDS,
    "handlers/health.py": SECONDS,
    "handlers/metrics.py": "Prometheus knows floats only",
    "handlers/opening.py": SECONDS,
    "handlers/problems.py": SECONDS,
    "handlers/reception.py": SECONDS,
    "handlers/socket.py": SECONDS,
    "platforms/canonical.py": "2 and 2.0 are one number in JSON",
    "platforms/fields.py": "points may come as 2.0; they are refused unless whole",
    "platforms/retry_after.py": SECONDS,
    "ports.py": SECONDS,
    "schedule.py": SECONDS,
    "services/swaps.py": SPANS,
    "services/reading.py": "Prometheus knows floats only",
    "store/__init__.py": SECONDS,
    "store/base.py": SECONDS,
    "store/job.py": SECONDS,
    "store/outbox.py": SECONDS,
    "store/postgres.py": SECONDS,
    "store/postgres_listen.py": SECONDS,
    "store/schema.py": SECONDS,
    "store/sqlite.py": SECONDS,
    "store/sqlite_file.py": SECONDS,
    "views/pen.py": "a length of time in words",
}
"""Files that hold floats, and what they measure with them; every other one, also a new one, holds none."""
MODULES = frozenset({"math", "cmath", "statistics", "random", "numpy"})


def faults(source: str) -> list[str]:
    """Where a float comes from: a literal, its name, a true division, a module that makes them."""
    found = []
    tree = ast.parse(source)
    paths = {id(part) for node in ast.walk(tree) if _joins_a_path(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{node.lineno}: {node.value}")
        if isinstance(node, ast.Name) and node.id in ("float", "round", "complex"):
            found.append(f"{node.lineno}: {node.id}")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and id(node) not in paths:
            found.append(f"{node.lineno}: /")
        if isinstance(node, ast.Attribute) and node.attr == "truediv":
            found.append(f"{node.lineno}: {node.attr}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found += [f"{node.lineno}: {name}" for name in names if name.partition(".")[0] in MODULES]
    return found


def _joins_a_path(node: ast.AST) -> bool:
    """``folder / part / "name"``: nothing is divided by a text."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    right = node.right
    return isinstance(right, ast.JoinedStr) or (isinstance(right, ast.Constant) and isinstance(right.value, str))


def files() -> list[str]:
    found = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
    return sorted(path for path in found if path.partition("/")[0] not in ELSEWHERE)


@pytest.mark.parametrize("path", [path for path in files() if path not in MEASURED])
def test_no_float_counts_money(path: str) -> None:
    assert faults((ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(MEASURED))
def test_what_is_let_off_still_measures_something(path: str) -> None:
    assert faults((ROOT / path).read_text(encoding="utf-8")) != [], "take it off the list"


def test_no_column_is_a_float() -> None:
    columns = [column for table in tables.METADATA.tables.values() for column in table.columns]
    assert len(columns) > 100
    assert [str(column) for column in columns if isinstance(column.type, Float | Numeric)] == []


@pytest.mark.parametrize(
    "source",
    [
        "a = 1.5",
        "a = 1e2",
        "a = float(1)",
        "def f(a: float) -> None: ...",
        "a = 1 / 2",
        "a /= 2",
        "a = round(1)",
        "a = operator.truediv(1, 2)",
        "import math",
        "from statistics import median",
    ],
)
def test_the_lint_sees_floats(source: str) -> None:
    assert faults(source) != []


def test_the_lint_lets_whole_numbers_and_paths_be() -> None:
    assert faults('a = 3 // 2\nb = "a/b"\nc = folder / part / "name"\nd = folder / f"{x}.csv"') == []
