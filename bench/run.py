"""Every benchmark of this folder in a process of its own; medians and ratios as a table, and as bench/last.json.

Run ``make bench``; with names of benchmarks it runs only those. The last column compares ratios (values where there
are none) with the run before. A benchmark is a module here that prints, with ``--json``, one object a line: ``what``
was measured, ``of`` which implementation, the ``value`` with its ``unit`` (the median of its rounds), and where it
has them ``p99``, the ``ratio`` to the baseline of the same run and the ``goal`` that the ratio or value is held to.
One that could not be measured has ``missing`` and says why.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LAST, BASELINE = HERE / "last.json", HERE / "baseline.json"
WORSE = 1.3
"""Runs differ by up to a quarter: only what is worse by more is told."""
COLUMNS = ("what", "of", "median", "p99", "ratio", "goal", "before")


def benches() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.py") if path.name not in ("run.py", "__init__.py"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(benches())}")
    parser.add_argument("--keep", action="store_true", help="make this run bench/baseline.json")
    parser.add_argument(
        "--table", action="store_true", help="measure nothing: the last run's rows with a goal, as Markdown"
    )
    given = parser.parse_args()
    if given.table:
        print("\n".join(markdown(list(_kept(LAST).values()))))
        return 0
    names = given.names
    if unknown := sorted(set(names) - set(benches())):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(benches())}")
    earlier = _earlier()
    rows: list[dict[str, Any]] = []
    failed = []
    for name in names or benches():
        found = _run(name)
        if found is None:
            failed.append(name)
        else:
            rows += [{"bench": name, **row} for row in found]
    _print(rows, earlier)
    kept = [row for row in earlier.values() if names and row["bench"] not in names]
    machine = {"python": platform.python_version(), "cpus": os.cpu_count(), "system": platform.platform()}
    LAST.write_text(json.dumps({"machine": machine, "rows": kept + rows}, indent=1) + "\n", encoding="utf-8")
    if given.keep:
        BASELINE.write_text(LAST.read_text(encoding="utf-8"), encoding="utf-8")
    for line in worse(rows, _kept(BASELINE)):
        print(f"worse than bench/baseline.json: {line}")
    for name in failed:
        print(f"{name} failed", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str) -> list[dict[str, Any]] | None:
    """The rows of one benchmark, None when it failed; what it says on stderr is shown as it comes."""
    print(f"{name} …", file=sys.stderr, flush=True)
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, str(HERE / f"{name}.py"), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False)
    if done.returncode:
        return None
    return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def _earlier() -> Mapping[tuple[str, str, str], dict[str, Any]]:
    """The rows of the last run, by what they measured."""
    return _kept(LAST)


def _kept(path: Path) -> Mapping[tuple[str, str, str], dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    except (OSError, ValueError, KeyError):
        return {}
    return {_key(row): row for row in rows}


def worse(rows: Sequence[Mapping[str, Any]], before: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> list[str]:
    """What is worse than it was, by the ratio to the baseline of the same run where there is one: machines differ."""
    told = []
    for row in rows:
        then = before.get(_key(row), {})
        measure = "ratio" if row.get("ratio") is not None and then.get("ratio") else "value"
        if not row.get(measure) or not then.get(measure):
            continue
        change = row[measure] / then[measure]
        if measure == "value" and not str(row.get("unit", "")).startswith("/"):
            change = 1 / change  # milliseconds: less is better
        if change < 1 / WORSE:
            unit = "×" if measure == "ratio" else row.get("unit", "")
            was, now = _figure(then[measure], unit), _figure(row[measure], unit)
            told.append(f"{row['what']}, {row.get('of', '')}: {was} → {now}")
    return told


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["bench"], row["what"], row.get("of", "")


def _print(rows: Sequence[Mapping[str, Any]], earlier: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> None:
    table = [COLUMNS, *(_cells(row, earlier.get(_key(row))) for row in rows if "missing" not in row)]
    widths = [max(len(line[column]) for line in table) for column in range(len(COLUMNS))]
    for line in table:
        cells = [
            cell.ljust(width) if n < 2 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
    for row in rows:
        if "missing" in row:
            print(f"not measured: {row['what']} {row.get('of', '')} ({row['missing']})")


def markdown(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is held to a goal, and what it is compared with in the same run."""
    held = [row for row in rows if "missing" not in row and row.get("goal")]
    head = ["| what | of | median | p99 | ratio | goal |", "|---|---|---:|---:|---:|---|"]
    return [*head, *(f"| {' | '.join(_cells(row, None)[:-1])} |" for row in held)]


def _cells(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> tuple[str, ...]:
    unit = row.get("unit", "")
    by = "ratio" if row.get("ratio") else "value"  # a ratio holds on a busy machine too
    last = f"{row[by] / before[by]:.2f} ×" if before and before.get(by) else ""
    return (
        str(row["what"]),
        str(row.get("of", "")),
        _figure(row["value"], unit),
        _figure(row["p99"], unit) if row.get("p99") is not None else "",
        f"{row['ratio']:,.1f} ×" if row.get("ratio") is not None else "",
        str(row.get("goal", "")),
        last,
    )


def _figure(value: float, unit: str) -> str:
    shown = f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
    return f"{shown}{unit}" if unit.startswith("/") else f"{shown} {unit}"


if __name__ == "__main__":
    sys.exit(main())
