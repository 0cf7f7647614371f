"""``coopbot replay``: recorded orders through other rules, a table of before and after; offline, touches nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from coopbot.domain.ledger import PenaltyKind
from coopbot.domain.replay import Result, replay, under
from coopbot.domain.team import Desk
from coopbot.domain.work_order import WorkOrder
from coopbot.handlers.cli_rules import Rules
from coopbot.ports import Translate

Language = Annotated[str, typer.Option("--lang", help="zh-CN or en")]
Recorded = Callable[[datetime, datetime], tuple[Desk, Sequence[WorkOrder]]]
"""The installation's desk, with what people changed of its rotas, and the orders received between two naive times on
its profile's clock."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    before: int
    after: int


def mount(app: typer.Typer, rules: Rules, recorded: Recorded, teams: Callable[[str], Desk]) -> None:
    """Put ``replay`` on ``app``; ``teams`` reads the desk of another coopbot.toml."""

    @app.command("replay")
    def run(
        since: Annotated[datetime, typer.Option("--from", help="the first day, such as 2026-11-01")],
        until: Annotated[datetime, typer.Option("--to", help="the day after the last")],
        profile: Annotated[str, typer.Option(help="other rules: a path, a name or NAME@VERSION")] = "",
        rota: Annotated[str, typer.Option(help="another coopbot.toml: its teams, rotas and ladders")] = "",
        lang: Language = "en",
    ) -> None:
        """What would have been late, and who would have been called, under other rules."""
        t = rules.languages[lang]
        desk, orders = recorded(since, until)
        end = until.replace(tzinfo=desk.profile.zone).astimezone(UTC)
        other = desk
        if rota:
            new = teams(rota)
            other = replace(desk, teams=new.teams, fallback=new.fallback, mention_gap=new.mention_gap)
        if profile:
            other = under(other, rules.read(profile))
        with typer.progressbar(
            length=2 * len(orders), label=t("Replaying"), file=typer.get_text_stream("stderr")
        ) as bar:
            before = replay(orders, under(desk, desk.profile), end, lambda: bar.update(1))
            after = replay(orders, under(other, other.profile), end, lambda: bar.update(1))
        for line in lines(table(before, after, t), t):
            typer.echo(line)


def table(before: Result, after: Result, t: Translate) -> list[Row]:
    """Breaches, what they are expected to cost, and mentions: all, by person, and of each how many at night."""
    warning, unknown = PenaltyKind.WARNING, PenaltyKind.UNKNOWN
    rows = [
        Row(t("orders"), before.orders, after.orders),
        Row(t("late"), before.breaches, after.breaches),
        Row(t("warnings (expected)"), before.penalties[warning], after.penalties[warning]),
        Row(t("points or fines, amount unknown"), before.penalties[unknown], after.penalties[unknown]),
        Row(t("mentions"), before.mentions.total(), after.mentions.total()),
        Row(t("mentions outside working hours"), before.at_night.total(), after.at_night.total()),
    ]
    if before.points or after.points:
        rows.insert(3, Row(t("points (expected)"), before.points, after.points))
    for currency in sorted({*before.fines, *after.fines}):
        fines = t("fines (expected), 1/100 {currency}", currency=currency)
        rows.insert(3, Row(fines, before.fines[currency], after.fines[currency]))
    if before.skipped or after.skipped:
        rows.append(Row(t("orders of a class that the rules lack"), before.skipped, after.skipped))
    for user in sorted({*before.mentions, *after.mentions}):
        rows.append(Row(t("mentions of {who}", who=user), before.mentions[user], after.mentions[user]))
        if before.at_night[user] or after.at_night[user]:
            night = t("mentions of {who} outside working hours", who=user)
            rows.append(Row(night, before.at_night[user], after.at_night[user]))
    return rows


def lines(rows: Sequence[Row], t: Translate) -> list[str]:
    """The table as text, numbers first so that they stand below each other in every script."""
    head = f"{t('before'):>8}{t('after'):>8}  "
    return [head.rstrip(), *(f"{row.before:>8}{row.after:>8}  {row.name}" for row in rows)]
