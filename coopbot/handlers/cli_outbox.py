"""``coopbot outbox``: what is owed, what was parked and why; tried again or dropped on purpose.

Allowed beside a running ``serve``, which hears of it (decisions.md 31). Nothing that is under way is touched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import typer

from coopbot.domain.intent import What
from coopbot.domain.kept import Kept
from coopbot.ports import Tx

Run = Callable[[Callable[[Tx], Any]], Any]
"""Run one unit of work on the configured store and return its result."""

Id = Annotated[str, typer.Argument(help="The message's id, or as much of its beginning as is unique.")]
BY_OPERATOR = "by the operator"


class Which(StrEnum):
    OPEN = "open"
    PARKED = "parked"
    DROPPED = "dropped"
    SENT = "sent"


STATES: Mapping[Which, tuple[str, ...]] = {
    Which.OPEN: ("pending", "leased"),
    Which.PARKED: ("parked",),
    Which.DROPPED: ("dropped",),
    Which.SENT: ("sent",),
}


def outbox_commands(run: Run, now: Callable[[], datetime]) -> typer.Typer:
    """The sub-commands; ``now`` is real time."""
    cli = typer.Typer(help="What is owed to Slack and the platform.", no_args_is_help=True)

    @cli.command("list")
    def list_(
        which: Annotated[Which, typer.Argument(help="open, parked, dropped or sent")] = Which.OPEN,
        limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
        as_json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False,
    ) -> None:
        """List messages, the oldest first."""
        counts, found = run(lambda tx: (tx.backlog.counts(), tx.backlog.list(STATES[which], limit)))
        for kept in found:
            typer.echo(json.dumps(_fields(kept), ensure_ascii=False) if as_json else _line(kept, now()))
        if not as_json:
            told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
            typer.echo(told or "nothing was ever owed")

    @cli.command()
    def show(message: Id) -> None:
        """Everything about one message."""
        typer.echo(json.dumps(_fields(_one(run, message)), ensure_ascii=False, indent=2))

    @cli.command()
    def retry(
        message: Annotated[str, typer.Argument(help="An id; empty with --parked.")] = "",
        parked: Annotated[bool, typer.Option("--parked", help="All that is parked.")] = False,
    ) -> None:
        """Try again now: what is parked or dropped, or waits for its next try. An earlier send is looked for first."""
        these = run(lambda tx: tx.backlog.list(("parked",), 10_000)) if parked else [_one(run, message)]
        left = [kept for kept in these if not run(partial(_retry, kept))]
        typer.echo(f"{len(these) - len(left)} of {len(these)} will be tried again")
        for kept in left:
            typer.echo(f"{kept.id[:12]} is under way, or was owed anew meanwhile", err=True)
        if left:
            raise typer.Exit(1)

    @cli.command()
    def drop(message: Id, why: Annotated[str, typer.Option(help="Kept with it.")] = "") -> None:
        """Give a message up."""
        kept = _one(run, message)
        reason = f"dropped {BY_OPERATOR}" + (f": {why}" if why else "")
        if kept.state == "sent" or not run(lambda tx: tx.backlog.drop(kept, now(), reason)):
            typer.echo(f"{kept.id[:12]} is {'under way' if kept.state != 'sent' else 'sent already'}", err=True)
            raise typer.Exit(1)
        typer.echo(f"{kept.id[:12]} is dropped")

    return cli


def _retry(kept: Kept, tx: Tx) -> bool:
    return tx.backlog.retry(kept, BY_OPERATOR)


def _one(run: Run, message: str) -> Kept:
    kept: Kept | None = run(lambda tx: tx.backlog.find(message))
    if kept is None:
        typer.echo(f"no message {message!r}, or more than one; coopbot outbox list shows them", err=True)
        raise typer.Exit(1)
    return kept


def _line(kept: Kept, now: datetime) -> str:
    age = int((now - kept.owed_at).total_seconds())
    several = kept.intent.args.get("orders") if kept.intent.what is What.DIGEST else None
    about = f"{len(several)} orders" if several else str(kept.intent.order or "-")
    return "  ".join(
        (kept.id[:12], kept.state, kept.intent.what.value, kept.intent.target, about, f"{age} s", kept.why[:120])
    ).rstrip()


def _fields(kept: Kept) -> dict[str, Any]:
    intent = kept.intent
    return {
        "id": kept.id,
        "what": intent.what.value,
        "state": kept.state,
        "target": intent.target,
        "order": str(intent.order) if intent.order else None,
        "priority": intent.priority.name.lower(),
        "owed_at": kept.owed_at.isoformat(),
        "not_before": intent.not_before.isoformat() if intent.not_before else None,
        "done_at": kept.done_at.isoformat() if kept.done_at else None,
        "tries": kept.tries,
        "why": kept.why,
        "receipt": kept.receipt,
        "args": dict(intent.args),
    }
