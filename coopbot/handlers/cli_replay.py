"""``coopbot replay``: recorded orders through other rules, a table of before and after; offline, touches nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from coopbot.domain.ledger import PenaltyKind
from coopbot.domain.replay import Result, replay, under
from coopbot.domain.team import Desk, Team
from coopbot.domain.work_order import WorkOrder
from coopbot.handlers.cli_rules import Rules
from coopbot.ports import Translate
from coopbot.views.text import money

Language = Annotated[str, typer.Option("--lang", help="zh-CN or en")]


@dataclass(frozen=True)
class Recorded:
    """What the store knows of a period."""

    desk: Desk
    """The installation's, with what people changed of its rotas and every version of its rules that is kept."""
    orders: Sequence[WorkOrder]
    """In the sequence in which they came."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of people, by Slack id, as far as they are known."""


def mount(
    app: typer.Typer, rules: Rules, recorded: Callable[[datetime, datetime], Recorded], teams: Callable[[str], Desk]
) -> None:
    """Put ``replay`` on ``app``; ``recorded`` takes two naive times on its profile's clock, ``teams`` reads the desk of
    another coopbot.toml. Both raise Misconfigured."""

    @app.command("replay")
    def run(
        since: Annotated[datetime, typer.Option("--from", help="the first day, such as 2026-11-01", parser=_day)],
        until: Annotated[datetime, typer.Option("--to", help="the day after the last", parser=_day)],
        profile: Annotated[str, typer.Option(help="other rules: a path, a name or NAME@VERSION")] = "",
        rota: Annotated[str, typer.Option(help="another coopbot.toml: its teams, rotas and ladders")] = "",
        lang: Language = "en",
    ) -> None:
        """What would have been late, and who would have been called, under other rules."""
        t = rules.languages[lang]
        if since >= until:
            _refuse(t("--from must lie before --to: {since} does not.", since=f"{since:%Y-%m-%d %H:%M}"), 2)
        if not (profile or rota):
            _refuse(t("Name other rules to compare with: --profile, --rota or both."), 2)
        new = rules.read(profile) if profile else None
        tried = teams(rota) if rota else None
        found = recorded(since, until)
        if not found.orders:
            _refuse(t("No order was received in that time: nothing to replay."), 1)
        desk = found.desk
        other = _with_teams_of(tried, desk) if tried is not None else desk
        if new is not None:
            other = under(other, new)
        end = until.replace(tzinfo=desk.profile.zone).astimezone(UTC)
        with typer.progressbar(
            length=2 * len(found.orders), label=t("Replaying"), file=typer.get_text_stream("stderr")
        ) as bar:
            before = replay(found.orders, desk, end, lambda: bar.update(1))
            after = replay(found.orders, other, end, lambda: bar.update(1))
        for line in lines(table(before, after, t, found.names), t):
            typer.echo(line)
        if before.unkept:
            rules_now = f"{desk.profile.name} {desk.profile.version}"
            said = t(
                "{n} orders were born under rules that are kept no more; {rules} stood in for them before.",
                n=before.unkept,
                rules=rules_now,
            )
            typer.echo(said)


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day such as 2026-11-01") from None


def _refuse(sentence: str, code: int) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def _with_teams_of(tried: Desk, desk: Desk) -> Desk:
    """Its teams and their settings. Who was on leave was away, whatever the rota; who stood in did so for the old."""
    away = [each for team in desk.teams for each in team.standins if each.kind == "leave"]

    def with_leave(team: Team) -> Team:
        return replace(team, standins=tuple(each for each in away if each.who in team.named))

    teams = tuple(with_leave(team) for team in tried.teams)
    return replace(desk, teams=teams, fallback=tried.fallback, mention_gap=tried.mention_gap)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    before: int
    after: int
    currency: str = ""
    """Of money, whose minor units the numbers are."""


def table(before: Result, after: Result, t: Translate, names: Mapping[str, str]) -> list[Row]:
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
        rows.insert(3, Row(t("fines (expected)"), before.fines[currency], after.fines[currency], currency))
    if before.skipped or after.skipped:
        rows.append(Row(t("orders of a class that the rules lack"), before.skipped, after.skipped))
    for user in sorted({*before.mentions, *after.mentions}):
        who = names.get(user) or user
        rows.append(Row(t("mentions of {who}", who=who), before.mentions[user], after.mentions[user]))
        if before.at_night[user] or after.at_night[user]:
            night = t("mentions of {who} outside working hours", who=who)
            rows.append(Row(night, before.at_night[user], after.at_night[user]))
    return rows


def lines(rows: Sequence[Row], t: Translate) -> list[str]:
    """The table as text, numbers first so that they stand below each other in every script."""

    def said(value: int, row: Row) -> str:
        return money(value, row.currency) if row.currency else str(value)

    cells = [(t("before"), t("after"), ""), *((said(row.before, row), said(row.after, row), row.name) for row in rows)]
    width = max(8, *(len(cell) + 2 for row in cells for cell in row[:2]))
    return [f"{before:>{width}}{after:>{width}}  {name}".rstrip() for before, after, name in cells]
