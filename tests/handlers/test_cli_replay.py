"""``coopbot replay``: a table of before and after, on standard output alone."""

from __future__ import annotations

from collections import Counter

import typer
from typer.testing import CliRunner

from coopbot.clock import SteeredClock
from coopbot.domain.replay import Result
from coopbot.handlers import cli_replay
from coopbot.handlers.cli_rules import Rules
from coopbot.views.language import Catalogues
from tests.domain.test_replay import START, a_month
from tests.support.ladders import a_team_with
from tests.support.world import a_desk, jd_pop

MONTH = ["replay", "--from", "2026-11-02", "--to", "2026-12-02"]


def commands() -> typer.Typer:
    app = typer.Typer()
    app.callback()(lambda: None)
    rules = Rules(
        load=lambda _: jd_pop(),
        languages=Catalogues(strict=True),
        clock=SteeredClock(START),
        open_orders=lambda: [],
        reapply=lambda _, __: 0,
    )
    quiet = a_desk(a_team_with({"key": "lead", "at": "90%", "channel": "channel", "mentions": ["lead"]}))
    cli_replay.mount(app, rules, lambda since, until: cli_replay.Recorded(a_desk(), a_month()), lambda _: quiet)
    return app


def rows(*arguments: str) -> dict[str, list[int]]:
    done = CliRunner().invoke(commands(), [*MONTH, *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    table = [line.split(maxsplit=2) for line in done.stdout.splitlines()[1:]]
    return {name: [int(before), int(after)] for before, after, name in table}


def test_the_same_rules_change_nothing() -> None:
    assert all(before == after for before, after in rows("--profile", "jd-pop").values())


def test_another_ladder_changes_mentions_and_no_breach() -> None:
    table = rows("--rota", "new.toml", "--profile", "jd-pop")
    assert table["late"][0] == table["late"][1] > 0
    assert table["mentions"][1] < table["mentions"][0]
    assert rows("--rota", "new.toml", "--profile", "jd-pop") == table


def test_it_speaks_chinese_too() -> None:
    assert "超时" in rows("--profile", "jd-pop", "--lang", "zh-CN")


def test_fines_are_money() -> None:
    fined = Result(fines=Counter({"CNY": 300_000_000}))
    t = Catalogues(strict=True)["en"]
    assert [
        line for line in cli_replay.lines(cli_replay.table(fined, Result(), t, {}), t) if "fines (expected)" in line
    ] == ["  ¥3,000,000.00          ¥0.00  fines (expected)"]
