"""People, and who is in which channel or user group: a cache of what Slack said, so that an ack need not ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Delete, bindparam, delete, select

from coopbot.domain.people import Person
from coopbot.store.bulk import Insert
from coopbot.store.session import Session
from coopbot.store.statement import Statement, among
from coopbot.store.tables import MEMBERSHIP, PERSON, ROSTER

_FIELDS = ("slack_user", "name", "language", "zone", "deactivated", "guest")
_KNOWN = Statement(
    select(*(PERSON.c[name] for name in _FIELDS)).where(
        PERSON.c.workspace == bindparam("workspace"), among(PERSON.c.slack_user, "users")
    )
)


def _kept_if_empty(name: str) -> str:
    return f"{name} = CASE WHEN excluded.{name} <> '' THEN excluded.{name} ELSE person.{name} END"


def _with_profile(name: str) -> str:
    """Only a full profile says it, and that always has a zone; a click's payload does not know."""
    return f"{name} = CASE WHEN excluded.zone <> '' THEN excluded.{name} ELSE person.{name} END"


_RENEWED = [*map(_kept_if_empty, ("name", "language", "zone")), *map(_with_profile, ("deactivated", "guest"))]
_LEARN = Insert(
    PERSON,
    ("workspace", *_FIELDS),
    once=f"ON CONFLICT (workspace, slack_user) DO UPDATE SET {', '.join(_RENEWED)}",
)

_THAT = (ROSTER.c.workspace == bindparam("workspace"), ROSTER.c.name == bindparam("roster"))
_IN_IT = (MEMBERSHIP.c.workspace == bindparam("workspace"), MEMBERSHIP.c.roster == bindparam("roster"))
_IS_KNOWN = Statement(select(ROSTER.c.name).where(*_THAT))
_MEMBERS = Statement(select(MEMBERSHIP.c.slack_user).where(*_IN_IT))
_EMPTY: Delete = delete(MEMBERSHIP).where(*_IN_IT)
_CLEAR, _LEAVE = Statement(_EMPTY), Statement(_EMPTY.where(MEMBERSHIP.c.slack_user == bindparam("slack_user")))
_NOW_KNOWN = Insert(
    ROSTER, ("workspace", "name"), once="ON CONFLICT (workspace, name) DO UPDATE SET name = excluded.name"
)
_JOIN = Insert(MEMBERSHIP, ("workspace", "roster", "slack_user"), once="ON CONFLICT DO NOTHING")


class People:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked: dict[str, Person | None] = {}
        """A click asks several times after whoever clicked."""

    def known(self, users: Sequence[str]) -> dict[str, Person]:
        if new := [user for user in users if user not in self._asked]:
            found = {row[0]: Person(*row) for row in self._session.all(_KNOWN, users=new)}
            self._asked |= {user: found.get(user) for user in new}
        return {user: person for user in users if (person := self._asked[user]) is not None}

    def learn(self, people: Sequence[Person]) -> None:
        self._asked.clear()
        by_user = {person.user: person for person in people}
        self._session.insert(_LEARN, [self._line(by_user[user]) for user in sorted(by_user)])

    def members(self, group: str) -> frozenset[str] | None:
        users = frozenset(user for (user,) in self._session.all(_MEMBERS, roster=group))
        if not users and self._session.one(_IS_KNOWN, roster=group) is None:
            return None
        return users

    def set_members(self, group: str, users: Sequence[str]) -> None:
        # The roster's row is the lock: two who set it at once would leave a mixture.
        self._session.insert(_NOW_KNOWN, [{"workspace": self._session.workspace, "name": group}])
        self._session.change(_CLEAR, roster=group)
        self._join(group, users)

    def joined(self, group: str, user: str) -> None:
        # One who joins a channel of which nothing is known does not make it known.
        if self._session.one(_IS_KNOWN, roster=group) is not None:
            self._join(group, [user])

    def left(self, group: str, user: str) -> None:
        self._session.change(_LEAVE, roster=group, slack_user=user)

    def _join(self, group: str, users: Sequence[str]) -> None:
        workspace = self._session.workspace
        self._session.insert(
            _JOIN, [{"workspace": workspace, "roster": group, "slack_user": user} for user in sorted(set(users))]
        )

    def _line(self, person: Person) -> dict[str, Any]:
        return {
            "workspace": self._session.workspace,
            "slack_user": person.user,
            "name": person.name,
            "language": person.language,
            "zone": person.zone,
            "deactivated": person.deactivated,
            "guest": person.guest,
        }
