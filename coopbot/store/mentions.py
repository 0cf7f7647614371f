"""Whom the messages that left have named, and when (noise budget)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, cast, delete, func, select

from coopbot.ports import Named
from coopbot.store.bulk import Insert
from coopbot.store.session import Session
from coopbot.store.statement import Statement
from coopbot.store.tables import MENTION

_HERE = MENTION.c.workspace == bindparam("workspace")
_ADD = Insert(
    MENTION,
    ("workspace", "message", "team", "slack_user", "at", "night"),
    once="ON CONFLICT (workspace, message, slack_user) DO NOTHING",
)
_TIMES, _NIGHTS = func.count(), func.sum(cast(MENTION.c.night, Integer))
_OF_TEAM = Statement(
    select(MENTION.c.slack_user, _TIMES, _NIGHTS)
    .where(_HERE, MENTION.c.team == bindparam("its_team"), MENTION.c.at >= bindparam("since"))
    .group_by(MENTION.c.slack_user)
    .order_by(_TIMES.desc(), MENTION.c.slack_user)
)
_FORGET = Statement(delete(MENTION).where(_HERE, MENTION.c.at < bindparam("before")))


class Mentions:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message: str, team: str, users: Sequence[str], now: datetime, *, night: bool) -> None:
        row = {"workspace": self._session.workspace, "message": message, "team": team, "at": now, "night": night}
        self._session.insert(_ADD, [{**row, "slack_user": user} for user in users])

    def of_team(self, team: str, since: datetime) -> Sequence[Named]:
        rows = self._session.all(_OF_TEAM, its_team=team, since=since)
        return [Named(user, int(times), int(nights or 0)) for user, times, nights in rows]

    def forget(self, before: datetime) -> int:
        return self._session.change(_FORGET, before=before)
