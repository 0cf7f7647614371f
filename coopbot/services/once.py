"""Redelivered clicks and events change nothing the second time (decisions.md 30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from coopbot.domain.people import Person
from coopbot.failpoints import failpoint
from coopbot.ports import Tx

P = ParamSpec("P")
T = TypeVar("T")


def once(
    tx: Tx, key: str, at: datetime, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
) -> T | None:
    """Run ``work`` if ``key`` is new; None when it was done before. Both are in the same transaction."""
    if not tx.once.first(key, at):
        return None
    failpoint("click.loaded")
    done = work(tx, *args, **kwargs)
    failpoint("click.before_commit")
    return done


def met(tx: Tx, user: str, name: str) -> None:
    """Somebody showed up whose name is not known yet: their click carries it."""
    if name and not tx.people.known([user]):
        tx.people.learn([Person(user, name=name)])


def met_and(
    tx: Tx, user: str, name: str, work: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Learn who it is, then ``work``."""
    met(tx, user, name)
    return work(tx, *args, **kwargs)


def forget(tx: Tx, before: datetime) -> int:
    """Forget identities that Slack will not deliver again."""
    return tx.once.forget(before)
