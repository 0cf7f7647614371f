"""Where an answer needs a second person before it leaves, who that may be, and how long they have.

A profile says it, a team may say otherwise. All of it is assumed: no marketplace asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from coopbot.domain.reading import Reader

ROLES = ("lead", "manager", "on_call", "backup")
"""Who may approve, besides people named as ``user:U…``."""
_PERSON = re.compile(r"user:[UW][A-Z0-9]{1,20}")


@dataclass(frozen=True)
class Case:
    """Answers to orders of these classes and scenes that speak of more than so much. What is left out holds for all."""

    classes: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    over: int | None = None
    """Fen."""

    def covers(self, class_code: str, scene: str, amount: int) -> bool:
        """Whether an answer that speaks of ``amount`` (fen) is such a one."""
        return (
            (not self.classes or class_code in self.classes)
            and (not self.scenes or scene in self.scenes)
            and (self.over is None or amount > self.over)
        )


@dataclass(frozen=True)
class ApprovalRules:
    when: tuple[Case, ...] = ()
    """Empty: no answer needs a second person."""
    by: tuple[str, ...] = ("lead", "manager")
    """Roles and people, in the sequence in which they are asked."""
    within: timedelta = timedelta(minutes=15)
    """How long they have, one after the other."""
    margin: timedelta = timedelta(minutes=10)
    """What must be left of the order's own time when theirs ends."""

    def case(self, class_code: str, scene: str, amount: int) -> Case | None:
        """The first case that covers such an answer; None: it needs nobody."""
        return next((case for case in self.when if case.covers(class_code, scene, amount)), None)


@dataclass(frozen=True)
class OwnApproval:
    """What a table says itself; None is left to the rules below it."""

    when: tuple[Case, ...] | None = None
    by: tuple[str, ...] | None = None
    within: timedelta | None = None
    margin: timedelta | None = None

    def over(self, below: ApprovalRules) -> ApprovalRules:
        """``below`` with what is said here in its place."""
        return ApprovalRules(
            below.when if self.when is None else self.when,
            below.by if self.by is None else self.by,
            below.within if self.within is None else self.within,
            below.margin if self.margin is None else self.margin,
        )


def read_approval(table: Reader, classes: Collection[str], scenes: Collection[str]) -> OwnApproval:
    """``[approval]`` of a profile or ``[teams.approval]``; classes and scenes are those that the profile has."""
    usual = ApprovalRules()
    when, by = tuple(_read_cases(table, classes, scenes)), _read_by(table)
    within = table.duration("within", usual.within, positive=True)
    margin = table.duration("margin", usual.margin)
    table.done()
    return OwnApproval(
        when if table.has("when") else None,
        by if table.has("by") else None,
        within if table.has("within") else None,
        margin if table.has("margin") else None,
    )


def _read_cases(table: Reader, classes: Collection[str], scenes: Collection[str]) -> Iterator[Case]:
    for row in table.rows("when"):
        over = row.integer("over", 0)
        case = Case(_known(row, "classes", classes), _known(row, "scenes", scenes), over if row.has("over") else None)
        row.done()
        yield case


def _known(row: Reader, key: str, known: Collection[str]) -> tuple[str, ...]:
    codes = row.texts(key)
    for code in codes:
        if code not in known:
            row.wrong(key, f"{code!r} is not one of {', '.join(sorted(known))}")
    if row.has(key) and not codes:
        row.wrong(key, "names none; leave it out for all")
    return codes


def _read_by(table: Reader) -> tuple[str, ...]:
    roles = table.texts("by")
    for role in roles:
        if role not in ROLES and not _PERSON.fullmatch(role):
            table.wrong("by", f"{role!r} is not one of {', '.join(ROLES)}, user:U…")
    if table.has("by") and not roles:
        table.wrong("by", "names nobody who could approve")
    return tuple(dict.fromkeys(roles))


def people_in(roles: Iterable[str]) -> frozenset[str]:
    """Those of ``roles`` that name a person."""
    return frozenset(role.removeprefix("user:") for role in roles if role.startswith("user:"))
