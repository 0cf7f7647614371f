"""``coopbot templates`` as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from typer.testing import CliRunner

from coopbot.domain.deed import Deed
from coopbot.errors import Misconfigured, Mistake, Refusal
from coopbot.handlers import cli_templates

ROWS = [{"code": "t-1", "name": "今晚补发", "text": "今晚 20:00 前补发"}]
taken: list[Any] = []


def export(team: str) -> Sequence[Any]:
    if team != "flagship":
        raise Refusal("no_team")
    return ROWS


def take(team: str, rows: Sequence[Any], source: str) -> int:
    export(team)
    if not rows:
        raise Misconfigured(source, [Mistake("[0]", "template_name")])
    taken.append(rows)
    return len(rows)


def history(team: str) -> tuple[Sequence[Deed], Mapping[str, str], ZoneInfo]:
    export(team)
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    written = Deed("templates:flagship", "written", at, "U0LEAD", "slack:modal", {}, ROWS[0])
    retired = Deed("templates:flagship", "retired", at, "operator", "terminal", ROWS[0], {**ROWS[0], "retired": True})
    return [written, retired], {"U0LEAD": "陈静"}, ZoneInfo("Asia/Shanghai")


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    cli_templates.mount(made, export, take, history)
    taken.clear()
    return made


def test_what_is_exported_can_be_imported(app: typer.Typer, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["templates", "export", "flagship"])
    assert json.loads(told.output) == ROWS
    file = tmp_path / "x.json"
    file.write_text(told.output, encoding="utf-8")
    done = CliRunner().invoke(app, ["templates", "import", "flagship", str(file)])
    assert (done.exit_code, done.output, taken) == (0, "1 templates imported\n", [ROWS])


def test_who_did_what_is_printed_with_what_it_changed(app: typer.Typer) -> None:
    told = CliRunner().invoke(app, ["templates", "history", "flagship"])
    written = '{} → {"name": "今晚补发", "text": "今晚 20:00 前补发"}'
    assert told.output.splitlines() == [
        f"2026-11-23T10:00:00+08:00  U0LEAD (陈静)  slack:modal  written  t-1  {written}",
        '2026-11-23T10:00:00+08:00  operator  terminal  retired  t-1  {} → {"retired": true}',
    ]
    assert CliRunner().invoke(app, ["templates", "history", "nobody"]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "team", "said"),
    [
        ("{", "flagship", "x.json"),
        ("{}", "flagship", "must be a list"),
        ("[]", "flagship", "template_name"),
        ("[1]", "nobody", "no team 'nobody'"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_taken(
    app: typer.Typer, tmp_path: Path, text: str, team: str, said: str
) -> None:
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["templates", "import", team, str(file)])
    assert (done.exit_code, taken) == (2, [])
    assert said in done.output
