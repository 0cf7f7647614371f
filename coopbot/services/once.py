"""Redelivered clicks and events change nothing the second time (decisions.md 30)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from coopbot.domain.people import Person
from coopbot.failpoints import failpoint
from coopbot.ports import Tx

T = TypeVar("T")


def once(tx: Tx, key: str, at: datetime, work: Callable[[Tx], T]) -> T | None:
    """Run ``work`` if ``key`` is new, in the same transaction; None when it was done before."""
    if not tx.once.first(key, at):
        return None
    failpoint("click.loaded")
    return work(tx)


def is_new(tx: Tx, key: str, at: datetime) -> bool:
    """Whether ``key`` was never seen; it is from now on."""
    return tx.once.first(key, at)


def met(tx: Tx, user: str, name: str) -> None:
    """Somebody showed up whose name is not known yet: their click carries it."""
    if name and not tx.people.known([user]):
        tx.people.learn([Person(user, name=name)])


def forget(tx: Tx, before: datetime) -> int:
    """Forget identities that Slack will not deliver again."""
    return tx.once.forget(before)
