"""``coopbot templates`` as a person runs it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

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


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    cli_templates.mount(made, export, take)
    taken.clear()
    return made


def test_what_is_exported_can_be_imported(app: typer.Typer, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["templates", "export", "flagship"])
    assert json.loads(told.output) == ROWS
    file = tmp_path / "x.json"
    file.write_text(told.output, encoding="utf-8")
    done = CliRunner().invoke(app, ["templates", "import", "flagship", str(file)])
    assert (done.exit_code, done.output, taken) == (0, "1 templates imported\n", [ROWS])


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
